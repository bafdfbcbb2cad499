// Which rows have only just come, so that the eye is led to them once and not again when they are
// scrolled back to.
import { useEffect, useRef } from "react";

// A little longer than the fade of the row.
const freshMs = 2_000;

/** The head of the list as it was a moment ago: what lies above it is fresh. */
export function useFreshAfter(head: string): string {
  const after = useRef(head);
  // Each head becomes the old one in its turn; a list of which nothing was read has no fresh rows.
  useEffect(() => {
    if (after.current === "0") after.current = head;
    const timer = setTimeout(() => {
      after.current = head;
    }, freshMs);
    return () => clearTimeout(timer);
  }, [head]);
  return after.current === "0" ? head : after.current;
}
