// A list of callbacks, newest first, of which only the part around what is looked at is in memory. It is
// a row of chunks that know where they lie, so that one can be let go of and be read again; a hundred
// thousand rows cost as much as two thousand. What arrives waits aside until whoever reads has it put on
// top. Pure: the stream and the pages that are read only say what happened.
import type { HistoryItem } from "./types";

/** The rows below `before` (null: from the newest) that are not below the next chunk's `before`. */
export type Chunk = {
  before: string | null;
  /** Null while they are not in memory. */
  rows: HistoryItem[] | null;
  /** How many there are, or were when they were last seen; 0 for what was never read. */
  size: number;
  /** Shown, but to be read again. */
  stale: boolean;
};

export type Listing = {
  /** One that was never read stands at the end as long as there may be more. */
  chunks: Chunk[];
  /** The highest cursor in the chunks. */
  head: string;
  /** What came after it, newest first, and how many. */
  arrived: HistoryItem[];
  arrivedCount: number;
  /** Whether some lie between them and the chunks that are not in memory. */
  gap: boolean;
  /** How often something was to be read again. */
  turn: number;
  /** How often rows were changed or taken away. */
  revision: number;
};

// Rows in memory, some 2 kB each: beyond it those that are farthest away are let go of.
export const loadedMax = 2_000;

export const unread: Chunk = { before: null, rows: null, size: 0, stale: false };

/** Nothing read yet. */
export function begin(): Listing {
  return {
    chunks: [unread],
    head: "0",
    arrived: [],
    arrivedCount: 0,
    gap: false,
    turn: 0,
    revision: 0,
  };
}

/** Nothing that was read counts any more. */
export function restart({ turn }: Listing): Listing {
  return { ...begin(), turn: turn + 1 };
}

export function lengthOf(listing: Listing): number {
  return listing.chunks.reduce((length, chunk) => length + chunk.size, 0);
}

/** Whether the first rows have been read. */
export function isRead({ chunks }: Listing): boolean {
  return chunks[0] !== undefined && (chunks[0].rows !== null || chunks[0].size > 0);
}

export function hasMore({ chunks }: Listing): boolean {
  const last = chunks.at(-1);
  return last !== undefined && last.rows === null && last.size === 0;
}

/** Null for what is not in memory. */
export function rowAt(listing: Listing, index: number): HistoryItem | null {
  let left = index;
  for (const { rows, size } of listing.chunks) {
    if (left < size) return rows?.[left] ?? null;
    left -= size;
  }
  return null;
}

/** All rows in memory, newest first. */
export function loadedRows({ chunks }: Listing): HistoryItem[] {
  return chunks.flatMap((chunk) => chunk.rows ?? []);
}

export function indexOf(listing: Listing, id: string): number {
  for (const { chunk, start } of placed(listing)) {
    const at = chunk.rows?.findIndex((item) => item.id === id) ?? -1;
    if (at >= 0) return start + at;
  }
  return -1;
}

/** The chunk to read next for whoever looks at these rows: what is not there, before what is stale. */
export function wanted(listing: Listing, from: number, to: number): Chunk | null {
  const near = placed(listing).filter(
    ({ chunk, start }) => start <= to && start + Math.max(chunk.size, 1) > from,
  );
  const missing = near.find(({ chunk }) => chunk.rows === null);
  return (missing ?? near.find(({ chunk }) => chunk.stale))?.chunk ?? null;
}

/** Changes, or with null takes away, single rows wherever they are. */
export function revise(
  listing: Listing,
  change: (item: HistoryItem) => HistoryItem | null,
): Listing {
  const arrived = revised(listing.arrived, change);
  const chunks = listing.chunks.map((chunk) => {
    const rows = chunk.rows && revised(chunk.rows, change);
    return rows === chunk.rows || rows === null ? chunk : { ...chunk, rows, size: rows.length };
  });
  const arrivedCount = listing.arrivedCount - listing.arrived.length + arrived.length;
  return { ...listing, chunks, arrived, arrivedCount, revision: listing.revision + 1 };
}

/** Each with the index of its first row. */
export function placed({ chunks }: Listing): { chunk: Chunk; start: number }[] {
  let start = 0;
  return chunks.map((chunk) => {
    const at = { chunk, start };
    start += chunk.size;
    return at;
  });
}

function revised(
  items: HistoryItem[],
  change: (item: HistoryItem) => HistoryItem | null,
): HistoryItem[] {
  let changed = false;
  const next = items.flatMap((item) => {
    const after = change(item);
    changed ||= after !== item;
    return after ?? [];
  });
  return changed ? next : items;
}
