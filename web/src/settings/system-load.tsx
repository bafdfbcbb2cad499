// What this node has in hand, beside how much of it there may be.
import type { System } from "@/api/types";
import { formatBytes, formatCount, formatDuration } from "@/lib/format";
import { Group } from "@/ui/section";
import { Tile, Tiles } from "@/ui/tiles";

export function SystemLoad({ state }: { state: System }) {
  const { head, lag, streams, queue, ring, database, limits } = state;
  return (
    <Group title="Load">
      <Tiles>
        <Tile
          name="Streams"
          value={formatCount(streams)}
          note={`of ${formatCount(limits.streams)} on this node`}
        />
        <Tile name="Head" value={head} note="published up to this cursor" />
        <Tile name="Lag" value={formatLag(lag.callbacks)} note={lagNote(lag)} />
        <Tile
          name="Waiting to be written"
          value={formatCount(queue.callbacks)}
          note={`${formatBytes(queue.bytes)} of ${formatBytes(limits.queueBytes)} for bodies`}
        />
        <Tile
          name="Ready for replay"
          value={formatCount(ring.callbacks)}
          note={`${formatBytes(ring.bytes)} of ${formatBytes(limits.ringBytes)} in memory`}
        />
        <Tile
          name="Database connections"
          value={formatCount(database.connections - database.free)}
          note={`in use, ${formatCount(database.connections)} open, of ${formatCount(limits.connections)}`}
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

function lagNote({ callbacks, seconds }: System["lag"]): string {
  if (callbacks === 0) return "all that is stored is published";
  return `stored, not published; oldest ${formatDuration(seconds * 1_000)}`;
}
