// Which of the two is open over the page, so that a key, a button and a command can open it alike.
import { useSyncExternalStore } from "react";

export type Overlay = "menu" | "keys" | null;

let open: Overlay = null;
const watchers = new Set<() => void>();

export function show(overlay: Overlay): void {
  open = overlay;
  for (const watcher of watchers) watcher();
}

/** Opens the command menu, or closes it. */
export function toggleMenu(): void {
  show(open === "menu" ? null : "menu");
}

export function useOverlay(): Overlay {
  return useSyncExternalStore(watch, () => open);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
