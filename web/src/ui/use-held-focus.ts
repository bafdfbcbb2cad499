// Keeps the focus of a window in it when what had it leaves the page: a callback that is deleted takes its
// buttons with it, and Escape must still close the window.
import { type FocusEvent, type RefObject, useLayoutEffect, useRef } from "react";

/** Handlers for the window's own element, which must be focusable. */
export function useHeldFocus(root: RefObject<HTMLElement | null>) {
  const isHere = useRef(false);
  useLayoutEffect(() => {
    // Whoever moves the focus tells: what leaves the page says nothing.
    if (isHere.current && !root.current?.contains(document.activeElement))
      root.current?.focus({ preventScroll: true });
  });
  return {
    // A menu of the window lies elsewhere on the page.
    onFocus: ({ currentTarget, target }: FocusEvent) => {
      isHere.current = currentTarget.contains(target);
    },
    onBlur: ({ currentTarget, relatedTarget }: FocusEvent) => {
      isHere.current = currentTarget.contains(relatedTarget);
    },
  };
}
