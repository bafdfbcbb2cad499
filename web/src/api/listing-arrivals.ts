// What arrives in a listing: it waits aside until it is put on top, and a flood leaves no more behind than
// a list of bounded length.
import { compareCursors } from "@/lib/cursor";
import { type Chunk, type Listing, loadedMax, unread } from "./listing";
import type { HistoryItem } from "./types";

// What is put on top in one go; beyond it the list starts again at the newest.
const arrivedMax = 500;
// A chunk that arrivals have made larger than two pages is cut, so that its end can be let go of.
const chunkMax = 200;

/** What the stream brought; what is known already is passed over. */
export function arrive(listing: Listing, items: HistoryItem[]): Listing {
  const top = listing.arrived[0]?.cursor ?? listing.head;
  const newer = items.filter((item) => compareCursors(item.cursor, top) > 0);
  if (newer.length === 0) return listing;
  const arrived = [...newer.reverse(), ...listing.arrived];
  return {
    ...listing,
    arrived: arrived.slice(0, arrivedMax),
    arrivedCount: listing.arrivedCount + newer.length,
    gap: listing.gap || arrived.length > arrivedMax,
  };
}

/** Puts what has arrived on top. What lies beyond `keep` rows is let go of, and read again when asked for. */
export function release(listing: Listing, keep = loadedMax): Listing {
  const head = listing.arrived[0]?.cursor;
  if (head === undefined) return listing;
  const chunks = cutAfter(keep, topped(listing));
  return { ...listing, chunks, head, arrived: [], arrivedCount: 0, gap: false };
}

function topped({ chunks, arrived, gap }: Listing): Chunk[] {
  const top: Chunk = { before: null, rows: arrived, size: arrived.length, stale: false };
  const [first, ...rest] = chunks;
  if (gap || first === undefined) return [...halved(top), more(arrived)];
  if (first.rows === null) return [...halved(top), below(first, arrived), ...rest];
  const rows = [...arrived, ...first.rows];
  return [...halved({ ...first, rows, size: rows.length }), ...rest];
}

function below(chunk: Chunk, rows: HistoryItem[]): Chunk {
  return { ...chunk, before: rows.at(-1)?.cursor ?? null };
}

function more(rows: HistoryItem[]): Chunk {
  return below(unread, rows);
}

function halved(chunk: Chunk): Chunk[] {
  const { rows } = chunk;
  const half = chunkMax / 2;
  if (rows === null || rows.length <= chunkMax) return [chunk];
  const upper = rows.slice(0, half);
  const lower = rows.slice(half);
  return [
    { ...chunk, rows: upper, size: upper.length },
    ...halved({ ...chunk, before: upper.at(-1)?.cursor ?? null, rows: lower, size: lower.length }),
  ];
}

function cutAfter(keep: number, chunks: Chunk[]): Chunk[] {
  let left = keep;
  const kept: Chunk[] = [];
  for (const chunk of chunks) {
    if (left <= 0) return [...kept, { ...unread, before: chunk.before }];
    if (chunk.size > left && chunk.rows !== null) {
      const rows = chunk.rows.slice(0, left);
      return [...kept, { ...chunk, rows, size: rows.length }, more(rows)];
    }
    kept.push(chunk);
    left -= chunk.size;
  }
  return kept;
}
