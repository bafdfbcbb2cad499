// The title of the tab: the page that is shown, and before it what must be seen while the tab is hidden.
import { useEffect, useSyncExternalStore } from "react";

const name = "callbackd";
let page = "";
let prefix = "";
const watchers = new Set<() => void>();

function write(): void {
  document.title = composeTitle(prefix, page);
  for (const watcher of watchers) watcher();
}

export function composeTitle(before: string, shown: string): string {
  return [before, shown && `${shown} –`, name].filter(Boolean).join(" ");
}

/** Called by each page with its own name. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    page = title;
    write();
  }, [title]);
}

/** A count in parentheses, or nothing. */
export function setTitlePrefix(text: string): void {
  prefix = text;
  write();
}

/** The page's name, for whoever announces it. */
export function usePageName(): string {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => page,
  );
}
