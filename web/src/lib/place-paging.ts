// Which part of the list is shown, as the URL spells it: `?size=25&before=<cursor>`. Without a size the
// list goes on as it is scrolled. Pages are named by a cursor, so a link to one shows the same callbacks
// whatever has come since.
import type { Place } from "./place";

export const pageSizes = [10, 25, 50, 100] as const;
export type PageSize = (typeof pageSizes)[number];

/** The page below a cursor, the page above one, or the newest. */
export type PageAt = { before: string } | { after: string } | null;

/** `size` is null for a list without pages. */
export type Paging = { size: PageSize | null; at: PageAt };

const cursor = /^\d{1,19}$/;

/** What it does not understand counts as absent, so that an old or foreign link still opens. */
export function readPaging(search: URLSearchParams): Paging {
  const size = pageSizes.find((each) => String(each) === search.get("size")) ?? null;
  if (size === null) return { size, at: null };
  const before = search.get("before");
  if (before !== null && cursor.test(before)) return { size, at: { before } };
  const after = search.get("after");
  if (after !== null && cursor.test(after)) return { size, at: { after } };
  return { size, at: null };
}

export function withPageSize(place: Place, size: PageSize | null): Place {
  const { search } = withPage(place, null);
  if (size === null) search.delete("size");
  else search.set("size", String(size));
  return { ...place, search };
}

export function withPage(place: Place, at: PageAt): Place {
  const search = new URLSearchParams(place.search);
  search.delete("before");
  search.delete("after");
  for (const [name, value] of Object.entries(at ?? {})) search.set(name, value);
  return { ...place, search };
}
