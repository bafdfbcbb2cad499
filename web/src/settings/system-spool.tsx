// Where callbacks go while the database is away: how much lies there, and how much may.
import type { System } from "@/api/types";
import { formatBytes, formatCount, formatDuration } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Facts } from "@/ui/facts";
import { Panel } from "@/ui/section";

export function SystemSpool({ spool }: { spool: System["spool"] }) {
  return (
    <Panel title="Outage spool">
      <Facts facts={spool ? factsOf(spool) : [off]} />
    </Panel>
  );
}

const off = {
  name: "State",
  value: <Badge tone="neutral">off</Badge>,
  note: "While the database is away, senders get 503. Setting spool_dir keeps callbacks on this node's disk instead.",
};

function factsOf({
  active,
  callbacks,
  bytes,
  bytesMax,
  oldestSeconds,
}: NonNullable<System["spool"]>) {
  const state = active
    ? {
        value: <Badge tone="warn">in use</Badge>,
        note: "What comes now is kept on disk, and stored in its turn.",
      }
    : { value: <Badge tone="good">empty</Badge>, note: "Ready for when the database is away." };
  const oldest = oldestSeconds === null ? "none" : formatDuration(oldestSeconds * 1_000);
  return [
    { name: "State", ...state },
    { name: "Callbacks", value: formatCount(callbacks), note: `The oldest: ${oldest}.` },
    { name: "Size", value: `${formatBytes(bytes)} of ${formatBytes(bytesMax)}` },
  ];
}
