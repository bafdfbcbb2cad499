// One page of history from the server. A search for what is rare stops now and then, to say how far it has come, and is
// asked to go on.
import { getJson, withQuery } from "./http";
import type { HistoryPage } from "./types";

type Query = { limit: number; before?: string | undefined; after?: string | undefined };

type Options = {
  /** With how many rows one is content. Fewer come only where there are no more. */
  atLeast: number;
  signal?: AbortSignal;
  /** How far it has come, as the time of what lies there; null once it is done. */
  onSearched?: (receivedAt: string | null) => void;
};

export async function readPage<Q extends Query>(
  base: string,
  query: Q,
  { atLeast, signal, onSearched = () => {} }: Options,
): Promise<HistoryPage> {
  const upwards = query.after !== undefined;
  const read = (at: object) =>
    getJson<HistoryPage>(withQuery(`${base}/history`, { ...query, ...at }), signal);
  let page = await read({});
  while (page.searchedTo !== null && page.callbacks.length < atLeast) {
    onSearched(page.searchedTo.receivedAt);
    const { cursor } = page.searchedTo;
    const more = await read(upwards ? { after: cursor } : { before: cursor });
    page = upwards ? above(page, more, query.limit) : below(page, more, query.limit);
  }
  onSearched(page.searchedTo?.receivedAt ?? null);
  return page;
}

/** What was found above it, less what is too far above to be on this page. */
function above(page: HistoryPage, more: HistoryPage, limit: number): HistoryPage {
  const callbacks = [...more.callbacks, ...page.callbacks].slice(-limit);
  const nextCursor = callbacks.at(-1)?.cursor ?? null;
  return { callbacks, nextCursor, searchedTo: callbacks.length < limit ? more.searchedTo : null };
}

function below(page: HistoryPage, more: HistoryPage, limit: number): HistoryPage {
  const all = [...page.callbacks, ...more.callbacks];
  const callbacks = all.slice(0, limit);
  const nextCursor = all.length > limit ? (callbacks.at(-1)?.cursor ?? null) : more.nextCursor;
  return { callbacks, nextCursor, searchedTo: callbacks.length < limit ? more.searchedTo : null };
}
