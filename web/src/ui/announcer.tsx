// Tells screen readers what others see appear. `urgent` interrupts what is being read.
import { useSyncExternalStore } from "react";

type Said = { polite: string; urgent: string };

let said: Said = { polite: "", urgent: "" };
const watchers = new Set<() => void>();

export function announce(text: string, how: keyof Said = "polite"): void {
  // The same text twice is no change, and so would not be heard: a space that nobody hears makes it one.
  said = { ...said, [how]: said[how] === text ? `${text}\u00a0` : text };
  for (const watcher of watchers) watcher();
}

export function Announcer() {
  const { polite, urgent } = useSyncExternalStore(watch, () => said);
  return (
    <div className="sr-only">
      <p aria-live="polite">{polite}</p>
      <p aria-live="assertive">{urgent}</p>
    </div>
  );
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
