// The colour scheme that this browser shows. `public/theme.js` sets it before the first paint.
import { useSyncExternalStore } from "react";
import { browserChoice } from "./browser-choice";

export const theme = browserChoice("theme", ["system", "light", "dark"]);
export type Theme = ReturnType<typeof theme.read>;

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function apply(): void {
  const chosen = theme.read();
  const dark = chosen === "dark" || (chosen === "system" && systemDark.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  for (const listener of listeners) listener();
}

theme.watch(apply);
systemDark.addEventListener("change", apply);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDarkNow(): boolean {
  return useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme === "dark");
}
