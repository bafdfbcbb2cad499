// The list of callbacks for whoever looks at a part of it: reads what is not in memory, keeps the rest
// small, and leaves it to the page when what has arrived is put on top.
import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Paging } from "@/lib/place-paging";
import { callbacksBase } from "./base";
import type { Filters } from "./filters";
import { readPage } from "./history-page";
import { historyKeyOf } from "./keys";
import { begin, isRead, type Listing, wanted } from "./listing";
import { release } from "./listing-arrivals";
import { fill, outdate, shed } from "./listing-pages";
import { useRole } from "./role";

/** The first and the last index that are on screen. */
export type Range = { from: number; to: number };

export type History = ReturnType<typeof useHistory>;

const unread = begin();

// One request for some two screens of rows: the most that the server gives.
const endlessSize = 100;
// Rows ahead of the screen that are asked for, so that a steady scroll meets none that is missing.
const aheadRows = 60;
// Beyond some 17 million pixels browsers place rows wrongly: who looks for older ones narrows the filters.
export const endlessMax = 150_000;
// A list that nobody looks at any more: long enough to come back from another page to it.
const keptMs = 60_000;

export function useHistory(filters: Filters, paging: Paging, range: Range) {
  const base = callbacksBase(useRole());
  const client = useQueryClient();
  const key = historyKeyOf(filters, paging);
  const name = JSON.stringify(key);
  const searchedKey = ["searched", name];
  const { data: listing = unread } = useQuery({
    queryKey: key,
    queryFn: skipToken,
    initialData: unread,
    gcTime: keptMs,
    // Comparing two thousand rows field by field at each change would find nothing to share.
    structuralSharing: false,
  });
  const change = (next: (listing: Listing) => Listing) =>
    client.setQueryData<Listing>(key, (before) => before && next(before));

  const last =
    paging.size === null ? Math.min(range.to + aheadRows, endlessMax - 1) : paging.size - 1;
  const chunk = wanted(listing, range.from, last);
  const page = useQuery({
    queryKey: ["page", name, chunk === null ? "none" : chunk.before, listing.turn],
    enabled: chunk !== null,
    queryFn: async ({ signal }) => {
      const before = chunk?.before ?? null;
      const asked = listing;
      const at = before === null ? paging.at : { before };
      const limit = paging.size ?? endlessSize;
      const answer = await readPage(
        base,
        { ...filters, ...at, limit },
        {
          // Upwards a page that is not full would be taken for the newest.
          atLeast: at !== null && "after" in at ? limit : 1,
          signal,
          onSearched: (receivedAt) => client.setQueryData(searchedKey, receivedAt),
        },
      );
      change((now) => shed(fill(now, before, answer, asked), range.from, range.to));
      return null;
    },
    gcTime: 0,
  });
  const { data: searchedTo = null } = useQuery<string | null>({
    queryKey: searchedKey,
    queryFn: skipToken,
    initialData: null,
    gcTime: keptMs,
  });
  const hasRows = isRead(listing);
  const isSearching = page.isFetching && searchedTo !== null;
  const shown = useLastRead({ name, listing, paging }, hasRows || isSearching);

  return {
    /** While another list is being read for the first time, the one before it; but not when it takes long. */
    ...shown,
    isRead: hasRows,
    isReading: page.isFetching,
    /** While it is being searched: how far back it has come. */
    searchedTo: isSearching ? searchedTo : null,
    error: page.error,
    retry: () => void page.refetch(),
    refresh: () => change(outdate),
    release: () => change((now) => release(now, paging.size ?? undefined)),
  };
}

function useLastRead<T>(value: T, isRead: boolean): T {
  const last = useRef(value);
  useEffect(() => {
    if (isRead) last.current = value;
  });
  return isRead ? value : last.current;
}
