// When new callbacks are put on top, and how what is read stays where it is. At the top of the list they
// come in by themselves, but never under a pointer that is on its way to a row; further down they wait.
// What changes above the screen for another reason moves the scroll position along.
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { indexOf, type Listing, rowAt } from "@/api/listing";

// As long as a person takes to press what he has just pointed at.
const restMs = 1_000;

type Props = {
  box: RefObject<HTMLDivElement | null>;
  listing: Listing;
  rowPx: number;
  /** Null where the newest are not shown. */
  release: (() => void) | null;
};

/** Whether what arrives has to wait. */
export function useKeptPlace({ box, listing, rowPx, release }: Props): boolean {
  const [atTop, setAtTop] = useState(true);
  const [held, setHeld] = useState(false);
  const touchedAt = useRef(Number.NEGATIVE_INFINITY);
  const shown = useRef(listing);
  const waiting = listing.arrivedCount > 0 && atTop;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const hold = new AbortController();
    const listen = { passive: true, signal: hold.signal };
    const touched = () => {
      touchedAt.current = performance.now();
    };
    const scrolled = () => setAtTop(element.scrollTop < rowPx / 2);
    scrolled();
    element.addEventListener("scroll", scrolled, listen);
    for (const event of ["pointermove", "pointerdown", "keydown"] as const) {
      element.addEventListener(event, touched, listen);
    }
    return () => hold.abort();
  }, [box, rowPx]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what has arrived now is looked at again
  useEffect(() => {
    if (!waiting || release === null) return;
    const putOnTop = release;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function whenAtRest() {
      const restsInMs = touchedAt.current + restMs - performance.now();
      setHeld(restsInMs > 0);
      if (restsInMs > 0) timer = setTimeout(whenAtRest, restsInMs);
      else putOnTop();
    }
    whenAtRest();
    return () => clearTimeout(timer);
  }, [waiting, listing.arrivedCount, release]);

  useLayoutEffect(() => {
    const element = box.current;
    const before = shown.current;
    shown.current = listing;
    if (element === null || element.scrollTop < rowPx / 2) return;
    const index = Math.floor(element.scrollTop / rowPx);
    const read = rowAt(before, index);
    const now = read ? indexOf(listing, read.id) : -1;
    if (now >= 0 && now !== index) element.scrollTop += (now - index) * rowPx;
  }, [box, listing, rowPx]);

  return held || !atTop || release === null;
}
