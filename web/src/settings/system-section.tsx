// How the server that answers is doing, kept up to date for as long as it is looked at.
import { RefreshCw } from "lucide-react";
import { useSystem } from "@/api/system";
import type { System } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatBytes, formatCount, formatDuration } from "@/lib/format";
import { Badge, type Tone } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Facts } from "@/ui/facts";
import { Loaded } from "@/ui/loaded";
import { Group, PageHeading, Panel } from "@/ui/section";
import { Tile, Tiles } from "@/ui/tiles";
import { Time } from "@/ui/time";
import { SystemAlerts } from "./system-alerts";

export function SystemSection() {
  const system = useSystem();
  return (
    <>
      <PageHeading
        title="System"
        about="The node that answers you, as it is now; with several nodes, each has its own numbers."
        action={<Freshness query={system} />}
      />
      <Loaded query={system} what="state of the system" skeleton={<TilesSkeleton />}>
        {(state) => (
          <>
            <SystemAlerts alerts={state.alerts} />
            <Load state={state} />
            <Node state={state} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Freshness({ query }: { query: ReturnType<typeof useSystem> }) {
  const { dataUpdatedAt, isFetching, refetch } = query;
  return (
    <div className="flex items-center gap-1 text-label text-muted">
      {dataUpdatedAt > 0 && (
        <span>
          read <Time iso={new Date(dataUpdatedAt).toISOString()} />
        </span>
      )}
      <IconButton
        icon={RefreshCw}
        label="Refresh"
        onClick={() => void refetch()}
        className={cn(isFetching && "[&>svg]:motion-safe:animate-spin")}
      />
    </div>
  );
}

function Load({ state: { head, lag, streams, queue, ring, database } }: { state: System }) {
  const inUse = database.connections - database.free;
  return (
    <Group title="Load">
      <Tiles>
        <Tile name="Streams" value={formatCount(streams)} note="open on this node" />
        <Tile
          name="Waiting to be written"
          value={formatCount(queue.callbacks)}
          note={`${formatBytes(queue.bytes)} of bodies in memory`}
        />
        <Tile name="Head" value={head} note="published up to this cursor" />
        <Tile
          name="Lag"
          value={formatLag(lag.callbacks)}
          note={
            lag.callbacks === 0
              ? "all that is stored is published"
              : `stored, not published; oldest ${formatDuration(lag.seconds * 1_000)}`
          }
        />
        <Tile
          name="Ready for replay"
          value={formatCount(ring.callbacks)}
          note={`${formatBytes(ring.bytes)} of recent callbacks`}
        />
        <Tile
          name="Database connections"
          value={`${formatCount(inUse)} of ${formatCount(database.connections)}`}
          note="in use"
        />
      </Tiles>
    </Group>
  );
}

// The server stops counting there.
const lagCountedMax = 10_000;

function formatLag(callbacks: number): string {
  const counted = formatCount(callbacks);
  return callbacks >= lagCountedMax ? `${counted}+` : counted;
}

function Node({ state: { version, database, development, listener } }: { state: System }) {
  const { tone, note } = listenerLook(listener);
  return (
    <Panel title="Node">
      <Facts
        facts={[
          { name: "Version", value: `callbackd ${version}` },
          {
            name: "Database",
            value: (
              <span className="inline-flex flex-wrap items-center gap-2">
                PostgreSQL {database.version}
                {development && <Badge tone="warn">development</Badge>}
              </span>
            ),
            note: development ? "Runs with the server, in its data folder." : undefined,
          },
          { name: "Listener", value: <Badge tone={tone}>{listener}</Badge>, note },
        ]}
      />
    </Panel>
  );
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

function TilesSkeleton() {
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3">
      {["a", "b", "c", "d", "e", "f"].map((tile) => (
        <div key={tile} className="bg-surface px-3.5 py-4">
          <div className="mb-3 h-2 w-20 rounded-full bg-hover motion-safe:animate-breathe" />
          <div className="h-4 w-12 rounded-full bg-hover motion-safe:animate-breathe" />
        </div>
      ))}
    </div>
  );
}
