// A long list of which little is in memory: what comes, what goes, and what stays where it is.
import { expect, test } from "vitest";
import {
  begin,
  hasMore,
  indexOf,
  isRead,
  type Listing,
  lengthOf,
  loadedRows,
  restart,
  revise,
  rowAt,
  wanted,
} from "./listing";
import { arrive, release } from "./listing-arrivals";
import { fill, outdate, shed } from "./listing-pages";
import type { HistoryItem, HistoryPage } from "./types";

function item(cursor: number): HistoryItem {
  return {
    id: `id-${cursor}`,
    cursor: String(cursor),
    source: "llm",
    callbackId: `job-${cursor}`,
    jobId: null,
    workflowName: null,
    eventType: null,
    status: "received",
    errorMessage: null,
    signatureValid: true,
    cause: null,
    accepted: false,
    rejection: null,
    payloadPreview: "",
    costUsd: null,
    totalTokens: null,
    durationMs: null,
    deliveryCount: 1,
    createdAt: "2026-01-01T00:00:00Z",
    viewedByCurrentUser: false,
  };
}

/** What the server answers when it has the callbacks 1 to `newest`. */
function page(newest: number, before: string | null = null, limit = 100): HistoryPage {
  const top = before === null ? newest : Math.min(newest, Number(before) - 1);
  const size = Math.min(limit, top);
  const callbacks = Array.from({ length: size }, (_, index) => item(top - index));
  const nextCursor = top > size ? String(top - size + 1) : null;
  return { callbacks, nextCursor, searchedTo: null };
}

/** Reads on until so many rows are known. */
function read(newest: number, rows: number): Listing {
  let listing = fill(begin(), null, page(newest));
  while (lengthOf(listing) < rows) {
    const next = wanted(listing, lengthOf(listing), lengthOf(listing));
    if (next === null) break;
    listing = fill(listing, next.before, page(newest, next.before));
  }
  return listing;
}

const cursors = (listing: Listing) => loadedRows(listing).map(({ cursor }) => Number(cursor));
const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => from - index);

test("pages follow one another to the last, none missing and none twice", () => {
  const listing = read(250, 1_000);
  expect(cursors(listing)).toEqual(down(250, 1));
  expect(hasMore(listing)).toBe(false);
  expect(rowAt(listing, 249)?.cursor).toBe("1");
  expect(rowAt(listing, 250)).toBe(null);
  expect(wanted(listing, 0, 249)).toBe(null);
});

test("nothing is wanted before somebody looks there", () => {
  const listing = read(1_000, 100);
  expect(wanted(listing, 0, 99)).toBe(null);
  expect(wanted(listing, 20, 100)?.before).toBe("901");
});

test("an empty answer is an empty list, and the first to arrive is its first row", () => {
  const empty = fill(begin(), null, { callbacks: [], nextCursor: null, searchedTo: null });
  expect([isRead(begin()), isRead(empty), lengthOf(empty), hasMore(empty)]).toEqual([
    false,
    true,
    0,
    false,
  ]);
  expect(cursors(release(arrive(empty, [item(1), item(2)])))).toEqual([2, 1]);
});

test("what arrives waits until it is put on top", () => {
  const before = read(100, 100);
  const waiting = arrive(before, [item(99), item(101), item(102)]);
  expect([lengthOf(waiting), waiting.arrivedCount]).toEqual([100, 2]);
  expect(cursors(release(waiting))).toEqual(down(102, 1));
  expect(arrive(waiting, [item(102)])).toBe(waiting);
});

test("what arrives before the first answer is neither lost nor doubled", () => {
  const waiting = arrive(begin(), [item(99), item(100), item(101)]);
  expect(cursors(release(fill(waiting, null, page(100))))).toEqual(down(101, 1));
});

test("at the top of a flood the list stays small, and goes on below", () => {
  let listing = read(100, 100);
  let newest = 100;
  for (let batch = 0; batch < 750; batch++) {
    const items = Array.from({ length: 16 }, () => item(++newest));
    listing = release(arrive(listing, items));
  }
  expect(lengthOf(listing)).toBeLessThanOrEqual(2_000);
  expect(listing.chunks.length).toBeLessThan(40);
  const shown = cursors(listing);
  expect(shown).toEqual(down(newest, newest - shown.length + 1));
  const next = wanted(listing, lengthOf(listing), lengthOf(listing));
  expect(next?.before).toBe(String(newest - shown.length + 1));
});

test("of a flood that nobody follows only the newest are kept, and the list starts again with them", () => {
  const flood = Array.from({ length: 800 }, (_, index) => item(101 + index));
  const listing = arrive(read(100, 100), flood);
  expect([listing.arrived.length, listing.arrivedCount, listing.gap]).toEqual([500, 800, true]);
  const released = release(listing);
  expect(cursors(released)).toEqual(down(900, 401));
  expect(wanted(released, 500, 500)?.before).toBe("401");
  expect(cursors(fill(released, "401", page(900, "401")))).toEqual(down(900, 301));
});

test("rows far from the screen are let go of and read again, each in its place", () => {
  const full = read(5_000, 4_000);
  const listing = shed(full, 3_000, 3_020);
  expect(lengthOf(listing)).toBe(lengthOf(full));
  expect(loadedRows(listing).length).toBeLessThan(1_100);
  expect([rowAt(listing, 0), rowAt(listing, 3_010)?.cursor]).toEqual([null, "1990"]);

  const chunk = wanted(listing, 1_250, 1_290);
  expect(chunk?.before).toBe("3801");
  const again = fill(listing, "3801", page(5_000, "3801"));
  expect(rowAt(again, 1_250)?.cursor).toBe("3750");
  expect(rowAt(again, 3_010)?.cursor).toBe("1990");
});

test("a small list is kept whole", () => {
  const listing = read(1_500, 1_500);
  expect(shed(listing, 0, 20)).toBe(listing);
});

test("what arrives lies above a top that was let go of", () => {
  const listing = arrive(shed(read(5_000, 4_000), 1_000, 1_020), [item(5_001)]);
  const released = release(listing);
  expect([rowAt(released, 0)?.cursor, rowAt(released, 1), rowAt(released, 1_001)?.cursor]).toEqual([
    "5001",
    null,
    "4000",
  ]);
  const again = fill(released, "5001", page(5_001, "5001"));
  expect(cursors(again).slice(0, 101)).toEqual(down(5_001, 4_901));
});

test("a row is changed and taken away wherever it is", () => {
  const listing = arrive(read(300, 300), [item(301)]);
  const changed = revise(listing, (row) =>
    row.cursor === "150" ? { ...row, status: "error" } : row.cursor === "301" ? null : row,
  );
  expect(rowAt(changed, 150)?.status).toBe("error");
  expect([changed.arrivedCount, lengthOf(changed)]).toEqual([0, 300]);
  const gone = revise(changed, (row) => (row.cursor === "150" ? null : row));
  expect([lengthOf(gone), rowAt(gone, 150)?.cursor, indexOf(gone, "id-149")]).toEqual([
    299,
    "149",
    150,
  ]);
  expect(revise(listing, (row) => row).chunks).toEqual(listing.chunks);
});

test("a refresh reads what is looked at again, and what has come meanwhile waits", () => {
  const listing = outdate(read(300, 300));
  expect(wanted(listing, 120, 140)?.before).toBe("201");
  const gone = page(303, "201");
  const shorter = { ...gone, callbacks: gone.callbacks.filter(({ cursor }) => cursor !== "150") };
  const second = fill(listing, "201", shorter);
  expect([lengthOf(second), indexOf(second, "id-150")]).toEqual([299, -1]);

  const first = fill(second, null, page(303));
  expect([first.arrivedCount, first.gap, rowAt(first, 0)?.cursor]).toEqual([3, false, "300"]);
  expect(cursors(release(first))).toEqual([...down(303, 151), ...down(149, 1)]);
});

test("a refresh that does not reach what is shown leaves it, and knows of the gap", () => {
  const listing = fill(outdate(read(100, 100)), null, page(500));
  expect([listing.arrived.length, listing.gap, rowAt(listing, 0)?.cursor]).toEqual([
    100,
    true,
    "100",
  ]);
  expect(wanted(listing, 0, 20)).toBe(null);
  expect(cursors(release(listing))).toEqual(down(500, 401));
});

test("a refresh finds nothing in what has arrived by itself", () => {
  const arrived = arrive(
    read(100, 100),
    Array.from({ length: 150 }, (_, index) => item(101 + index)),
  );
  const listing = fill(outdate(arrived), null, page(250));
  expect([listing.arrivedCount, listing.gap]).toEqual([150, false]);
  expect(cursors(release(listing))).toEqual(down(250, 1));
});

test("an answer that is older than what has been put on top takes nothing away", () => {
  const asked = outdate(fill(begin(), null, { callbacks: [], nextCursor: null, searchedTo: null }));
  const shown = release(arrive(asked, [item(1), item(2)]));
  expect(
    cursors(fill(shown, null, { callbacks: [], nextCursor: null, searchedTo: null }, asked)),
  ).toEqual([2, 1]);
  expect(cursors(fill(shown, null, page(1), asked))).toEqual([2, 1]);
  expect(cursors(fill(shown, null, page(1), shown))).toEqual([1]);
});

test("an answer that is older than a deletion is read once more", () => {
  const asked = outdate(read(150, 150));
  const deleted = revise(asked, (row) => (row.cursor === "30" ? null : row));
  const filled = fill(deleted, "51", page(150, "51"), asked);
  expect([wanted(filled, 100, 140)?.before, filled.turn]).toEqual(["51", asked.turn + 1]);
  const answer = page(150, "51");
  const callbacks = answer.callbacks.filter((row) => row.cursor !== "30");
  const again = fill(filled, "51", { ...answer, callbacks });
  expect([wanted(again, 100, 140), indexOf(again, "id-30")]).toEqual([null, -1]);
});

test("a page holds as many rows as were asked for, whatever arrives", () => {
  const first = fill(begin(), null, page(50, null, 10));
  const listing = release(arrive(first, [item(51), item(52)]), 10);
  expect(cursors(listing)).toEqual(down(52, 43));
  expect(listing.chunks.at(-1)?.before).toBe("43");
});

test("after a reset nothing counts, and the answer to an old question is for an old turn", () => {
  const listing = read(100, 100);
  const again = restart(listing);
  expect([isRead(again), again.turn]).toEqual([false, listing.turn + 1]);
});
