// The current time for relative times, from one timer for the whole page.
import { useSyncExternalStore } from "react";

function clock(tickMs: number) {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;

  function tick(): void {
    now = Date.now();
    for (const listener of listeners) listener();
  }
  function subscribe(listener: () => void): () => void {
    if (listeners.size === 0) {
      now = Date.now();
      timer = setInterval(tick, tickMs);
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) clearInterval(timer);
    };
  }
  return { subscribe, read: () => now };
}

const seconds = clock(1_000);

export function useNow(): number {
  return useSyncExternalStore(seconds.subscribe, seconds.read);
}
