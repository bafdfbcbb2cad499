// Which callbacks are selected, by id, so that a selection outlives scrolling, filters and what arrives.
// It is no query: a box that is ticked shows it in the same moment, and the query cache tells later.
import { useSyncExternalStore } from "react";

export type Selection = ReadonlySet<string>;

const none: Selection = new Set();
let selection: Selection = none;
const watchers = new Set<() => void>();

export function select(change: (before: Selection) => Selection): void {
  const after = change(selection);
  if (after === selection) return;
  selection = after;
  for (const watcher of watchers) watcher();
}

export function deselectAll(): void {
  select(() => none);
}

/** What is deleted is not selected any more. */
export function deselect(ids: ReadonlySet<string>): void {
  select((before) => {
    const kept = [...before].filter((id) => !ids.has(id));
    return kept.length === before.size ? before : new Set(kept);
  });
}

export function useSelection(): Selection {
  return useSyncExternalStore(watch, () => selection);
}

export function withAll(before: Selection, ids: readonly string[], selected: boolean): Selection {
  const after = new Set(before);
  for (const id of ids) {
    if (selected) after.add(id);
    else after.delete(id);
  }
  return after;
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
