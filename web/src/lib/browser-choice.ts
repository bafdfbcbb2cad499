// A choice among a few that belongs to this browser, not to a person: what suits a screen. It is kept in
// `localStorage`, holds in every tab at once, and works, for as long as the page lives, where storage is
// forbidden. `public/theme.js` applies the same choices before the first paint.
import { useSyncExternalStore } from "react";

export type BrowserChoice<T extends string> = {
  read(): T;
  set(value: T): void;
  use(): T;
  watch(watcher: () => void): () => void;
};

/** The first of `values` is what holds when nothing was chosen. */
export function browserChoice<const T extends string>(
  name: string,
  values: readonly [T, ...T[]],
): BrowserChoice<T> {
  const key = `callbackd.${name}`;
  const watchers = new Set<() => void>();
  let current = known(stored(key));

  function known(text: string | null): T {
    return values.find((value) => value === text) ?? values[0];
  }
  function become(value: T): void {
    current = value;
    for (const watcher of watchers) watcher();
  }
  function watch(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }
  const read = () => current;

  // Another tab changed it; a null key means that everything was cleared.
  globalThis.addEventListener?.("storage", (event) => {
    if (event.key === key || event.key === null) become(known(event.newValue));
  });
  return {
    read,
    watch,
    set(value) {
      store(key, value === values[0] ? null : value);
      become(value);
    },
    use: () => useSyncExternalStore(watch, read),
  };
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // It holds until the page closes.
  }
}
