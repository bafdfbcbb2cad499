// The scrolling part of a window, for what lies in it and has to know what of itself is in sight.
import { createContext, useContext } from "react";

const ScrollerContext = createContext<HTMLElement | null>(null);

export const ScrollerProvider = ScrollerContext.Provider;

/** Null until it is on the page. */
export function useScroller(): HTMLElement | null {
  return useContext(ScrollerContext);
}
