// What this node is, and what its database holds and keeps.
import type { System } from "@/api/types";
import { formatBytes } from "@/lib/format";
import { Badge, type Tone } from "@/ui/badge";
import { Facts } from "@/ui/facts";
import { Panel } from "@/ui/section";
import { Time } from "@/ui/time";

export function SystemNode({ state }: { state: System }) {
  const { version, startedAt, listener, database, development, retention } = state;
  const { tone, note } = listenerLook(listener);
  return (
    <>
      <Panel title="Node">
        <Facts
          facts={[
            { name: "Version", value: `callbackd ${version}` },
            { name: "Started", value: <Time iso={startedAt} /> },
            { name: "Listener", value: <Badge tone={tone}>{listener}</Badge>, note },
          ]}
        />
      </Panel>
      <Panel title="Database">
        <Facts
          facts={[
            { name: "Server", value: `PostgreSQL ${database.version}` },
            {
              name: "Database",
              value: (
                <span className="inline-flex flex-wrap items-center gap-2">
                  {database.name}
                  {development && <Badge tone="warn">development</Badge>}
                </span>
              ),
              note: development ? "Runs with this node, in its data folder." : undefined,
            },
            { name: "Size", value: formatBytes(database.bytes) },
            { name: "Schema", value: `version ${database.schemaVersion}` },
            { name: "Callbacks are kept", value: kept(retention.days) },
            { name: "Replay reaches back to", value: replayFrom(retention.floor) },
          ]}
        />
      </Panel>
    </>
  );
}

function kept(days: number | null): string {
  if (days === null) return "for ever";
  return days === 1 ? "for a day" : `for ${days.toLocaleString("en-US")} days`;
}

function replayFrom(floor: string): string {
  return floor === "0" ? "the beginning" : `cursor ${floor}`;
}

function listenerLook(mode: string): { tone: Tone; note: string } {
  switch (mode) {
    case "listening":
      return { tone: "good", note: "Hears of new callbacks the moment they are stored." };
    case "polling":
      return { tone: "warn", note: "Hears nothing, and reads the table every second instead." };
    default:
      return { tone: "warn", note: "Is looking for the database; it catches up when it is there." };
  }
}
