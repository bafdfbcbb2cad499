// A long list of rows inside the scrolling part of a window, of which only those in sight are made.
import {
  type ReactNode,
  type Ref,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
} from "react";
import { useScroller } from "../scroller";
import { type Sight, useRowsInSight } from "./use-rows-in-sight";

export type Where = "nearest" | "centre";

export type VirtualRowsHandle = {
  scrollTo(index: number, where: Where): void;
  /** Among the rows that have been made. */
  find(selector: string): Element | null;
  /** Brings a part of a row that has been made into sight. */
  show(element: Element): void;
};

type Props = {
  count: number;
  /** A guess in pixels. Its identity changes whenever the rows do. */
  heightOf: (index: number) => number;
  keyOf: (index: number) => string;
  renderRow: (index: number) => ReactNode;
  onHeight?: (index: number, heightPx: number) => void;
  /** What stays in sight above and below the rows, and hides them. */
  above: RefObject<HTMLElement | null>;
  below: RefObject<HTMLElement | null>;
  ref: Ref<VirtualRowsHandle>;
};

export function VirtualRows(props: Props) {
  const { count, heightOf, keyOf, renderRow, onHeight, above, below, ref } = props;
  const list = useRef<HTMLDivElement>(null);
  const rows = useRowsInSight(useScroller(), list, count, heightOf);
  const { heights, laidPx, range, sight, look, correct } = rows;
  const observe = useHeights((index, heightPx) => {
    correct(index, heightPx);
    onHeight?.(index, heightPx);
  });

  useImperativeHandle(ref, () => {
    function bring(seen: Sight, top: number, bottom: number, where: Where): void {
      const from = above.current?.offsetHeight ?? 0;
      const to = seen.area.clientHeight - (below.current?.offsetHeight ?? 0);
      seen.area.scrollTop += way(top, bottom, from, to, where) / seen.scale;
      look();
    }
    return {
      scrollTo(index, where) {
        const seen = sight();
        if (seen === null) return;
        const top = heights.offsetOf(index) - seen.offset;
        bring(seen, top, top + heights.heightOf(index), where);
      },
      find: (selector) => list.current?.querySelector(selector) ?? null,
      show(element) {
        const seen = sight();
        if (seen === null) return;
        const edge = seen.area.getBoundingClientRect().top;
        const { top, bottom } = element.getBoundingClientRect();
        bring(seen, top - edge, bottom - edge, "centre");
      },
    };
  }, [above, below, heights, sight, look]);

  const shown = Array.from(
    { length: Math.max(0, Math.min(range.last + 1, count) - range.first) },
    (_, offset) => range.first + offset,
  );
  return (
    <div ref={list} role="presentation" className="relative" style={{ height: laidPx }}>
      {shown.map((index) => (
        <div
          key={keyOf(index)}
          ref={observe}
          data-row={index}
          role="presentation"
          className="absolute inset-x-0 top-0"
          style={{ transform: `translateY(${heights.offsetOf(index) + range.shiftPx}px)` }}
        >
          {renderRow(index)}
        </div>
      ))}
    </div>
  );
}

/** How far to scroll so that `top … bottom` comes into `from … to`; what is in sight is left alone. */
function way(top: number, bottom: number, from: number, to: number, where: Where): number {
  if (top >= from && bottom <= to) return 0;
  const room = to - from - (bottom - top);
  if (room < 0) return top - from;
  if (where === "centre") return top - from - room / 2;
  return top < from ? top - from : bottom - to;
}

/** A ref for rows: tells what height each turns out to have, whenever that changes. */
function useHeights(tell: (index: number, heightPx: number) => void) {
  const latest = useRef(tell);
  useEffect(() => {
    latest.current = tell;
  });
  const observer = useRef<ResizeObserver>(null);
  return useCallback((row: HTMLElement | null) => {
    if (row === null) return;
    observer.current ??= new ResizeObserver((entries) => {
      for (const { target } of entries) {
        if (target instanceof HTMLElement && target.isConnected)
          latest.current(Number(target.dataset.row), target.offsetHeight);
      }
    });
    const watching = observer.current;
    watching.observe(row);
    return () => watching.unobserve(row);
  }, []);
}
