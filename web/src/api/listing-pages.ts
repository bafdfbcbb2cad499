// The pages that are read into a listing, each in its place, and what is let go of again.
import { compareCursors } from "@/lib/cursor";
import { type Chunk, isRead, type Listing, loadedMax, placed, unread } from "./listing";
import type { HistoryPage } from "./types";

// Rows before and after what is looked at that are never let go of: a few screens.
const nearRows = 400;

/**
 * Puts a page in its place. It answers a question that was put when the list was as `asked`, and knows
 * nothing of what has come since; where rows have changed since, it is read once more.
 */
export function fill(
  listing: Listing,
  before: string | null,
  page: HistoryPage,
  asked: Listing = listing,
): Listing {
  const filled = put(listing, before, page, asked.head);
  if (asked.revision === listing.revision) return filled;
  const chunks = filled.chunks.map((chunk) =>
    chunk.before === before && chunk.rows !== null ? { ...chunk, stale: true } : chunk,
  );
  return { ...filled, chunks, turn: filled.turn + 1 };
}

/** All that is in memory may have changed. */
export function outdate(listing: Listing): Listing {
  const chunks = listing.chunks.map((chunk) =>
    chunk.rows === null ? chunk : { ...chunk, stale: true },
  );
  return { ...listing, chunks, turn: listing.turn + 1 };
}

/** Lets go of the rows that are farthest from those looked at, when there are too many. */
export function shed(listing: Listing, from: number, to: number): Listing {
  const loaded = listing.chunks.reduce((rows, chunk) => rows + (chunk.rows?.length ?? 0), 0);
  if (loaded <= loadedMax) return listing;
  const chunks = placed(listing).map(({ chunk, start }) => {
    const isNear = start <= to + nearRows && start + chunk.size >= from - nearRows;
    return isNear || chunk.size === 0 ? chunk : { ...chunk, rows: null, stale: false };
  });
  return { ...listing, chunks };
}

function put(listing: Listing, before: string | null, page: HistoryPage, asked: string): Listing {
  const at = listing.chunks.findIndex((chunk) => chunk.before === before);
  const chunk = listing.chunks[at];
  if (chunk === undefined) return listing;
  if (at > 0) return place(listing, at, chunk, page);
  if (!isRead(listing)) return start(place(listing, at, chunk, page));
  const met = meet(listing, page);
  return reaches(page, asked) ? place(met, at, chunk, withLater(page, chunk, asked)) : settle(met);
}

/** The first rows have come: what had arrived meanwhile may be among them. */
function start(filled: Listing): Listing {
  const head = filled.chunks[0]?.rows?.[0]?.cursor ?? "0";
  const arrived = filled.arrived.filter((item) => compareCursors(item.cursor, head) > 0);
  return { ...filled, head, arrived, arrivedCount: arrived.length };
}

/** What a newest page holds above the head has arrived. */
function meet(listing: Listing, page: HistoryPage): Listing {
  const newer = page.callbacks.filter((item) => compareCursors(item.cursor, listing.head) > 0);
  const known = new Set(listing.arrived.map((item) => item.id));
  const missed = newer.filter((item) => !known.has(item.id));
  if (missed.length === 0) return listing;
  const last = page.callbacks.at(-1);
  const gap = !reaches(page, listing.head);
  const arrived = [...listing.arrived, ...missed]
    .sort((a, b) => compareCursors(b.cursor, a.cursor))
    .filter((item) => !gap || compareCursors(item.cursor, last?.cursor ?? "0") >= 0);
  return {
    ...listing,
    arrived,
    arrivedCount: Math.max(listing.arrivedCount, arrived.length),
    gap: gap || listing.gap,
  };
}

/** Whether nothing lies between a newest page and what is shown. */
function reaches(page: HistoryPage, head: string): boolean {
  const last = page.callbacks.at(-1);
  return page.nextCursor === null || last === undefined || compareCursors(last.cursor, head) <= 0;
}

/** A newest page says nothing about the rows that it does not reach. */
function settle(listing: Listing): Listing {
  const chunks = listing.chunks.map((chunk, at) => (at === 0 ? { ...chunk, stale: false } : chunk));
  return { ...listing, chunks };
}

function withLater(page: HistoryPage, chunk: Chunk, asked: string): HistoryPage {
  const known = new Set(page.callbacks.map((item) => item.id));
  const later = chunk.rows?.filter(
    (item) => compareCursors(item.cursor, asked) > 0 && !known.has(item.id),
  );
  if (!later?.length) return page;
  const callbacks = [...later, ...page.callbacks].sort((a, b) =>
    compareCursors(b.cursor, a.cursor),
  );
  return { ...page, callbacks };
}

function place(listing: Listing, at: number, chunk: Chunk, page: HistoryPage): Listing {
  const bound = listing.chunks[at + 1]?.before ?? null;
  const { nextCursor } = page;
  const isFirst = at === 0 && isRead(listing);
  const rows = page.callbacks.filter(
    ({ cursor }) =>
      (bound === null || compareCursors(cursor, bound) >= 0) &&
      (!isFirst || compareCursors(cursor, listing.head) <= 0),
  );
  const filled = { before: chunk.before, rows, size: rows.length, stale: false };
  const above = [...listing.chunks.slice(0, at), filled];
  // Nothing lies below this page.
  if (nextCursor === null) return { ...listing, chunks: above };
  if (bound === null) return { ...listing, chunks: [...above, { ...unread, before: nextCursor }] };
  const below = listing.chunks.slice(at + 1);
  if (compareCursors(nextCursor, bound) <= 0) return { ...listing, chunks: [...above, ...below] };
  return { ...listing, chunks: [...above, remainder(chunk, nextCursor, rows.length), ...below] };
}

/** What a chunk held below a page that did not reach its end. */
function remainder(chunk: Chunk, before: string, read: number): Chunk {
  const rows = chunk.rows?.filter(({ cursor }) => compareCursors(cursor, before) < 0) ?? null;
  const size = rows?.length || Math.max(1, chunk.size - read);
  return { before, rows: rows?.length ? rows : null, size, stale: true };
}
