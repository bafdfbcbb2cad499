// What a source has sent of late, as numbers that lead to the callbacks themselves.
import { Link } from "wouter";
import type { Source } from "@/api/types";
import { formatCount } from "@/lib/format";
import { writePlace } from "@/lib/place";
import { Group } from "@/ui/section";
import { Tile, Tiles } from "@/ui/tiles";
import { Time } from "@/ui/time";

const linkLook = "text-accent underline-offset-4 hover:underline";

export function SourceTraffic({ source: { name, traffic } }: { source: Source }) {
  const { lastId, lastAt, received, rejects } = traffic;
  const ofSource = `/?source=${encodeURIComponent(name)}`;
  return (
    <Group title="Received">
      <Tiles>
        <Tile
          name="In the last 24 hours"
          value={formatSome(received)}
          note={
            <Link href={ofSource} className={linkLook}>
              All callbacks
            </Link>
          }
        />
        <Tile
          name="Of these, rejected"
          value={
            <span className={rejects > 0 ? "text-bad" : undefined}>{formatSome(rejects)}</span>
          }
          note={
            <Link href={`${ofSource}&signature=invalid`} className={linkLook}>
              Recent rejects
            </Link>
          }
        />
        <Tile
          name="Last callback"
          value={lastAt === null ? "none yet" : <Time iso={lastAt} />}
          note={
            lastId !== null && (
              <Link href={windowOf(lastId)} className={linkLook}>
                Open it
              </Link>
            )
          }
        />
      </Tiles>
    </Group>
  );
}

export function windowOf(id: string): string {
  return writePlace({ front: id, others: [], search: new URLSearchParams() });
}

// The server stops counting there.
const countedMax = 1_000;

function formatSome(count: number): string {
  return count > countedMax ? `${formatCount(countedMax)}+` : formatCount(count);
}
