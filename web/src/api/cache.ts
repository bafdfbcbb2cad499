// Writes what the stream says into the query cache. Pages read the cache and never know of a stream.
import type { QueryClient } from "@tanstack/react-query";
import { compareCursors } from "@/lib/cursor";
import { withFacetsOf } from "./facets";
import { type Filters, matches } from "./filters";
import { addToJobs, reviseJobs } from "./jobs";
import {
  attemptsKey,
  attemptsKeyOf,
  callbackKey,
  callbackKeyOf,
  facetsKey,
  historyKey,
  preferencesKey,
  rejectsKey,
  spoolKey,
  unviewedKey,
} from "./keys";
import { type Listing, restart, revise } from "./listing";
import { arrive } from "./listing-arrivals";
import { outdate } from "./listing-pages";
import { deselect } from "./selection";
import type { Change, Viewed } from "./stream/messages";
import type { Facets, HistoryItem } from "./types";

export function applyChange(client: QueryClient, change: Change): void {
  switch (change.kind) {
    case "callbacks":
      addToLists(client, change.items);
      addToJobs(client, change.items);
      client.setQueryData<Facets>(
        facetsKey,
        (facets) => facets && withFacetsOf(facets, change.items),
      );
      if (change.live) count(client, (before) => before + change.items.length);
      return;
    case "updated":
      reviseLists(client, (item) =>
        item.id === change.item.id ? { ...item, ...shown(change.item) } : item,
      );
      reviseJobs(client, (item) => (item.id === change.item.id ? change.item : item));
      client.setQueriesData<HistoryItem[]>({ queryKey: rejectsKey }, (rejects) =>
        rejects?.map((item) => (item.id === change.item.id ? change.item : item)),
      );
      for (const queryKey of [callbackKeyOf(change.item.id), attemptsKeyOf(change.item.id)]) {
        void client.invalidateQueries({ queryKey });
      }
      return;
    case "viewed":
      reviseLists(client, (item) =>
        !item.viewedByCurrentUser && isViewed(change.what, item)
          ? { ...item, viewedByCurrentUser: true }
          : item,
      );
      count(client, () => change.unviewedCount);
      return;
    case "deleted":
      forget(client, new Set(change.ids));
      return;
    case "ready":
      client.setQueryData(unviewedKey, change.unviewedCount);
      // Hints that were missed before are nowhere to be had: load again what is on screen.
      changeLists(client, outdate);
      for (const queryKey of [callbackKey, attemptsKey, facetsKey, preferencesKey]) {
        void client.invalidateQueries({ queryKey });
      }
      return;
    case "preferences":
      // Our own change is on its way: what the server has now is older than what is shown.
      if (client.isMutating({ mutationKey: preferencesKey }) === 0)
        void client.invalidateQueries({ queryKey: preferencesKey });
      return;
    case "spool":
      client.setQueryData(spoolKey, change.spool);
      return;
    case "recount":
      void client.invalidateQueries({ queryKey: unviewedKey });
      return;
    case "reload":
      changeLists(client, restart);
      for (const queryKey of [callbackKey, facetsKey, unviewedKey]) {
        void client.invalidateQueries({ queryKey });
      }
  }
}

/** An update says nothing about who has seen the callback. */
function shown(item: HistoryItem): Omit<HistoryItem, "viewedByCurrentUser"> {
  const { viewedByCurrentUser: _, ...rest } = item;
  return rest;
}

function isViewed(what: Viewed, item: HistoryItem): boolean {
  if ("through" in what) return compareCursors(item.cursor, what.through) <= 0;
  return what.ids.includes(item.id);
}

function count(client: QueryClient, next: (before: number) => number): void {
  client.setQueryData<number>(unviewedKey, (before) =>
    before === undefined ? before : next(before),
  );
}

function forget(client: QueryClient, ids: ReadonlySet<string>): void {
  reviseLists(client, (item) => (ids.has(item.id) ? null : item));
  reviseJobs(client, (item) => (ids.has(item.id) ? null : item));
  deselect(ids);
  for (const id of ids) void client.invalidateQueries({ queryKey: callbackKeyOf(id) });
  void client.invalidateQueries({ queryKey: unviewedKey });
}

function addToLists(client: QueryClient, items: HistoryItem[]): void {
  for (const [key, listing] of client.getQueriesData<Listing>({ queryKey: historyKey })) {
    if (listing === undefined) continue;
    const filters = filtersOf(key);
    const fitting = items.filter((item) => matches(filters, item));
    client.setQueryData<Listing>(key, arrive(listing, fitting));
  }
}

/** History keys are made by `historyKeyOf`, so that their second part is the filters. */
function filtersOf(key: readonly unknown[]): Filters {
  const filters = key[1];
  return typeof filters === "object" && filters !== null ? filters : {};
}

function changeLists(client: QueryClient, change: (listing: Listing) => Listing): void {
  client.setQueriesData<Listing>({ queryKey: historyKey }, (listing) => listing && change(listing));
}

function reviseLists(client: QueryClient, change: (item: HistoryItem) => HistoryItem | null): void {
  changeLists(client, (listing) => revise(listing, change));
}
