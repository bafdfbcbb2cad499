// Searching a payload while a person types: a few milliseconds at a time, so that the page never waits,
// with the matches shown as they are found.
import { useEffect, useRef, useState } from "react";
import type { Match } from "@/lib/json-search";

export type Find = (query: string) => Iterable<Match | null>;

export type Search = {
  query: string;
  setQuery: (query: string) => void;
  matches: readonly Match[];
  /** Whether there are no more to come. */
  done: boolean;
  /** Whether there were too many to count. */
  capped: boolean;
  /** The match that is shown, -1 for none. */
  at: number;
  move: (by: 1 | -1) => void;
};

// Half a frame: the other half is for what the matches change on the screen.
const sliceMs = 8;
// Nobody steps through more; the count says that there are.
export const matchesMax = 10_000;

type Found = Pick<Search, "matches" | "done" | "capped">;

const nothingYet: Found = { matches: [], done: false, capped: false };

/** `find` searches what is shown; `onShow` brings a match into sight. */
export function useSearch(find: Find, onShow: (match: Match) => void): Search {
  const [query, setQuery] = useState("");
  const [result, setResult] = useState({ find, query, found: nothingYet, at: -1 });
  // What was found for another text, or in another view, is no match even for a moment.
  const isCurrent = result.find === find && result.query === query;
  const { found, at } = isCurrent ? result : { found: nothingYet, at: -1 };
  const show = useRef(onShow);
  useEffect(() => {
    show.current = onShow;
  });

  useEffect(() => {
    if (query === "") return;
    const run = new AbortController();
    void collect(find(query), run.signal, (next, first) => {
      setResult((old) => ({ find, query, found: next, at: first === undefined ? old.at : 0 }));
      if (first !== undefined) show.current(first);
    });
    return () => run.abort();
  }, [find, query]);

  function move(by: 1 | -1): void {
    const { length } = found.matches;
    const next = (at + by + length) % length;
    const match = found.matches[next];
    if (match === undefined) return;
    setResult({ find, query, found, at: next });
    onShow(match);
  }
  return { query, setQuery, ...found, at, move };
}

/** Tells what has been found after each slice, and once which is the first. */
async function collect(
  search: Iterable<Match | null>,
  signal: AbortSignal,
  tell: (found: Found, first: Match | undefined) => void,
): Promise<void> {
  const matches: Match[] = [];
  let told = 0;
  let pauseAt = performance.now() + sliceMs;
  const say = (done: boolean, capped: boolean) => {
    const first = told === 0 ? matches[0] : undefined;
    if (matches.length > told || done) tell({ matches: [...matches], done, capped }, first);
    told = matches.length;
  };
  for (const match of search) {
    if (match !== null && matches.length === matchesMax) return say(true, true);
    if (match !== null) matches.push(match);
    if (performance.now() < pauseAt) continue;
    say(false, false);
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return;
    pauseAt = performance.now() + sliceMs;
  }
  say(true, false);
}
