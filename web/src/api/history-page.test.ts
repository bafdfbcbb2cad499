import { afterEach, expect, test, vi } from "vitest";
import { readPage } from "./history-page";
import type { HistoryItem, HistoryPage } from "./types";

const row = (cursor: number) => ({ id: String(cursor), cursor: String(cursor) }) as HistoryItem;

function page(cursors: number[], next: number | null, searchedTo: number | null): HistoryPage {
  const at = (cursor: number) => ({ cursor: String(cursor), receivedAt: `time of ${cursor}` });
  return {
    callbacks: cursors.map(row),
    nextCursor: next === null ? null : String(next),
    searchedTo: searchedTo === null ? null : at(searchedTo),
  };
}

function serve(pages: Record<string, HistoryPage>) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    const query = path.split("?")[1] ?? "";
    asked.push(query);
    return Response.json(pages[query]);
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

test("a search is asked to go on until something is found, and says how far it is", async () => {
  const asked = serve({
    "q=x&limit=10": page([], 900, 900),
    "q=x&limit=10&before=900": page([], 500, 500),
    "q=x&limit=10&before=500": page([420, 410], 300, 300),
  });
  const said: (string | null)[] = [];
  const found = await readPage(
    "/api",
    { q: "x", limit: 10 },
    { atLeast: 1, onSearched: (at) => said.push(at) },
  );
  expect(asked).toHaveLength(3);
  expect(found).toEqual(page([420, 410], 300, 300));
  expect(said).toEqual(["time of 900", "time of 500", "time of 300"]);
});

test("a page upwards is filled from below, and is never too long", async () => {
  serve({
    "limit=3&after=100": page([120, 110], 110, 200),
    "limit=3&after=200": page([260, 250, 240], 240, null),
  });
  const found = await readPage("/api", { limit: 3, after: "100" }, { atLeast: 3 });
  expect(found).toEqual(page([240, 120, 110], 110, null));
});

test("nothing anywhere is a page of nothing", async () => {
  serve({
    "limit=10&before=50": page([], 20, 20),
    "limit=10&before=20": page([], null, null),
  });
  const found = await readPage("/api", { limit: 10, before: "50" }, { atLeast: 1 });
  expect(found).toEqual(page([], null, null));
});
