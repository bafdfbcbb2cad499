// Where callbacks go while the database is away: how much lies there, and how much may.
import type { Spool } from "@/api/types";
import { formatBytes, formatCount, formatDuration } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { type Fact, Facts } from "@/ui/facts";
import { Meter } from "@/ui/meter";
import { Panel } from "@/ui/section";

export function SystemSpool({ spool }: { spool: Spool | null }) {
  return (
    <Panel title="Outage spool">
      <Facts facts={spool ? factsOf(spool) : [off]} />
    </Panel>
  );
}

const off: Fact = {
  name: "State",
  value: <Badge tone="neutral">off</Badge>,
  note: "While the database is away, senders get 503. Setting spool_dir keeps callbacks on this node's disk instead.",
};

const empty: Fact = {
  name: "State",
  value: <Badge tone="good">empty</Badge>,
  note: "Ready for when the database is away.",
};

const inUse: Fact = {
  name: "State",
  value: <Badge tone="warn">in use</Badge>,
  note: "The database does not take callbacks. They are kept on this node's disk, and stored in order when it does.",
};

function factsOf({ active, callbacks, bytes, bytesMax, oldestSeconds }: Spool): Fact[] {
  const oldest =
    oldestSeconds === null
      ? undefined
      : `The oldest has waited for ${formatDuration(oldestSeconds * 1_000)}.`;
  return [
    active || callbacks > 0 ? inUse : empty,
    { name: "Callbacks", value: formatCount(callbacks), note: oldest },
    {
      name: "Size",
      value: `${formatBytes(bytes)} of ${formatBytes(bytesMax)}`,
      note: (
        <div className="mt-1.5">
          <Meter label="Used of the spool" value={bytes} max={bytesMax} />
        </div>
      ),
    },
  ];
}
