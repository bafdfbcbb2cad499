// Which rows exist: those on screen and a few around them, however long the list is.
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect } from "react";

// Rows outside the screen that exist all the same, so that a quick scroll shows no holes.
const overscan = 10;

type Props = {
  box: RefObject<HTMLDivElement | null>;
  length: number;
  rowPx: number;
  /** The row that has the focus stays, wherever it is: the focus would be lost with it. */
  kept: number;
};

export function useShownRows({ box, length, rowPx, kept }: Props) {
  const indexes = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range);
      return kept < 0 || kept >= range.count || shown.includes(kept) ? shown : [...shown, kept];
    },
    [kept],
  );
  const rows = useVirtualizer({
    count: length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan,
    rangeExtractor: indexes,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when the layout changes
  useLayoutEffect(() => rows.measure(), [rowPx]);

  const { startIndex, endIndex } = rows.range ?? { startIndex: 0, endIndex: 0 };
  return {
    shown: rows.getVirtualItems(),
    from: startIndex,
    to: endIndex,
    totalPx: rows.getTotalSize(),
  };
}
