// What the stream brought lately. A page that was asked for before a callback and answered after it
// would lose that callback from the screen; it is put back from here.
import { compareCursors } from "@/lib/cursor";
import { type Filters, matches } from "./filters";
import type { HistoryItem, HistoryPage } from "./types";

const recentMax = 500;
let recent: HistoryItem[] = [];

export function rememberRecent(items: HistoryItem[]): void {
  recent = [...recent, ...items].slice(-recentMax);
}

export function reviseRecent(revise: (item: HistoryItem) => HistoryItem | null): void {
  recent = recent.flatMap((item) => revise(item) ?? []);
}

/** The newest page with what came after it. */
export function withRecent(page: HistoryPage, filters: Filters): HistoryPage {
  const top = page.callbacks[0]?.cursor ?? "0";
  const newer = recent.filter(
    (item) => compareCursors(item.cursor, top) > 0 && matches(filters, item),
  );
  return { ...page, callbacks: [...newer.reverse(), ...page.callbacks] };
}
