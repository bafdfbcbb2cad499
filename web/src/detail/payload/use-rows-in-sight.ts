// Of a long list of rows, which are in sight: where the list lies in its window, how the window has been
// scrolled, and what heights the rows turn out to have. What is being read stays where it is.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useState } from "react";
import { RowHeights } from "@/lib/row-heights";

// Firefox draws nothing beyond 17.9 million pixels; a longer list scrolls faster than the wheel turns.
const laidMaxPx = 15_000_000;
// Made beyond the edges, so that a turn of the wheel shows no gap.
const marginPx = 400;
// Less is rounding.
const noticeablePx = 0.5;

/** `shiftPx` is zero unless the list is too long to be laid out as it is. */
type Range = { first: number; last: number; shiftPx: number };

/** How the list lies towards the screen. `offset` counts in pixels of rows, as if all were laid out. */
export type Sight = { area: HTMLElement; offset: number; scale: number };

export type RowsInSight = {
  heights: RowHeights;
  laidPx: number;
  range: Range;
  sight: () => Sight | null;
  look: () => void;
  /** Takes the height that a row turned out to have. */
  correct: (index: number, heightPx: number) => void;
};

/** The identity of `heightOf` must change whenever the rows do. */
export function useRowsInSight(
  area: HTMLElement | null,
  list: RefObject<HTMLElement | null>,
  count: number,
  heightOf: (index: number) => number,
): RowsInSight {
  const heights = useMemo(() => new RowHeights(count, heightOf), [count, heightOf]);
  const [range, setRange] = useState<Range>({ first: 0, last: -1, shiftPx: 0 });
  const [, setCorrections] = useState(0);

  const sight = useCallback(
    () => (area === null || list.current === null ? null : measure(area, list.current, heights)),
    [area, list, heights],
  );
  const look = useCallback(() => {
    const seen = sight();
    if (seen !== null) setRange((old) => sameOr(old, rangeOf(seen, heights)));
  }, [sight, heights]);
  useLayoutEffect(look, [look]);
  useWatch(area, look);

  const correct = useCallback(
    (index: number, heightPx: number) => {
      if (Math.abs(heightPx - heights.heightOf(index)) < noticeablePx) return;
      const seen = sight();
      const isAbove = seen !== null && heights.offsetOf(index + 1) <= seen.offset;
      const grown = heights.set(index, heightPx);
      if (isAbove) seen.area.scrollTop += grown / seen.scale;
      setCorrections((times) => times + 1);
      look();
    },
    [heights, sight, look],
  );
  return { heights, laidPx: Math.min(heights.total, laidMaxPx), range, sight, look, correct };
}

function measure(area: HTMLElement, list: HTMLElement, heights: RowHeights): Sight {
  const passed = area.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const { total } = heights;
  const room = area.clientHeight;
  const scale = total > laidMaxPx ? (total - room) / (laidMaxPx - room) : 1;
  return { area, offset: passed * scale, scale };
}

function rangeOf({ area, offset, scale }: Sight, heights: RowHeights): Range {
  return {
    first: heights.rowAt(offset - marginPx),
    last: heights.rowAt(offset + area.clientHeight + marginPx),
    shiftPx: offset / scale - offset,
  };
}

function sameOr(old: Range, next: Range): Range {
  const same = old.first === next.first && old.last === next.last && old.shiftPx === next.shiftPx;
  return same ? old : next;
}

function useWatch(area: HTMLElement | null, look: () => void): void {
  useEffect(() => {
    if (area === null) return;
    area.addEventListener("scroll", look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(area);
    return () => {
      area.removeEventListener("scroll", look);
      resized.disconnect();
    };
  }, [area, look]);
}
