// Writes what the stream says into the query cache. Pages read the cache and never know of a stream.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { compareCursors } from "@/lib/cursor";
import { type Filters, matches } from "./filters";
import { callbackKey, callbackKeyOf, historyKey, preferencesKey, unviewedKey } from "./keys";
import { rememberRecent, reviseRecent } from "./recent";
import type { Change, Viewed } from "./stream/messages";
import type { CallbackView, HistoryItem, HistoryPage } from "./types";

type History = InfiniteData<HistoryPage, string | null>;

export function applyChange(client: QueryClient, change: Change): void {
  switch (change.kind) {
    case "callbacks":
      rememberRecent(change.items);
      prepend(client, change.items);
      followJobs(client, change.items);
      if (change.live) count(client, (before) => before + change.items.length);
      return;
    case "updated":
      revise(client, (item) =>
        item.id === change.item.id ? { ...item, ...shown(change.item) } : item,
      );
      void client.invalidateQueries({ queryKey: callbackKeyOf(change.item.id) });
      return;
    case "viewed":
      revise(client, (item) =>
        isViewed(change.what, item) ? { ...item, viewedByCurrentUser: true } : item,
      );
      count(client, () => change.unviewedCount);
      return;
    case "deleted":
      revise(client, (item) => (change.ids.includes(item.id) ? null : item));
      for (const id of change.ids) void client.invalidateQueries({ queryKey: callbackKeyOf(id) });
      void client.invalidateQueries({ queryKey: unviewedKey });
      return;
    case "ready":
      client.setQueryData(unviewedKey, change.unviewedCount);
      // Hints that were missed before are nowhere to be had: load again what is on screen.
      void client.invalidateQueries({ queryKey: historyKey });
      void client.invalidateQueries({ queryKey: callbackKey });
      void client.invalidateQueries({ queryKey: preferencesKey });
      return;
    case "preferences":
      // Our own change is on its way: what the server has now is older than what is shown.
      if (client.isMutating({ mutationKey: preferencesKey }) === 0)
        void client.invalidateQueries({ queryKey: preferencesKey });
      return;
    case "recount":
      void client.invalidateQueries({ queryKey: unviewedKey });
      return;
    case "reload":
      reviseRecent(() => null);
      for (const queryKey of [historyKey, callbackKey, unviewedKey]) {
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

function prepend(client: QueryClient, items: HistoryItem[]): void {
  for (const [key, history] of client.getQueriesData<History>({ queryKey: historyKey })) {
    const [first, ...rest] = history?.pages ?? [];
    if (history === undefined || first === undefined) continue;
    const top = first.callbacks[0]?.cursor ?? "0";
    const newer = items.filter(
      (item) => compareCursors(item.cursor, top) > 0 && matches(filtersOf(key), item),
    );
    if (newer.length === 0) continue;
    const callbacks = [...newer.reverse(), ...first.callbacks];
    client.setQueryData<History>(key, { ...history, pages: [{ ...first, callbacks }, ...rest] });
  }
}

/** History keys are made by `historyKeyOf`, so that their second part is the filters. */
function filtersOf(key: readonly unknown[]): Filters {
  const filters = key[1];
  return typeof filters === "object" && filters !== null ? filters : {};
}

/** An open window shows the other callbacks of its job. */
function followJobs(client: QueryClient, items: HistoryItem[]): void {
  for (const [key, view] of client.getQueriesData<CallbackView>({ queryKey: callbackKey })) {
    const job = view?.callback?.jobId;
    if (!view || !job) continue;
    const known = new Set(view.job.map((item) => item.id));
    const further = items.filter((item) => item.jobId === job && !known.has(item.id));
    if (further.length === 0) continue;
    client.setQueryData<CallbackView>(key, { ...view, job: [...view.job, ...further] });
  }
}

function revise(client: QueryClient, change: (item: HistoryItem) => HistoryItem | null): void {
  reviseRecent(change);
  client.setQueriesData<History>({ queryKey: historyKey }, (history) =>
    history === undefined
      ? history
      : {
          ...history,
          pages: history.pages.map((page) => ({
            ...page,
            callbacks: page.callbacks.flatMap((item) => change(item) ?? []),
          })),
        },
  );
}
