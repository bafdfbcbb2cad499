// The rows, of which only those on screen exist. New ones come on top; whoever has scrolled down keeps
// his place, because the scroll position moves by exactly what was added above.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import type { HistoryItem } from "@/api/types";
import { cn } from "@/lib/cn";
import { compareCursors } from "@/lib/cursor";
import { formatCount } from "@/lib/format";
import { useMedia } from "@/lib/use-media";
import { CallbackCard } from "./callback-card";
import { CallbackRow, columns, headings } from "./callback-row";

type Props = {
  items: HistoryItem[];
  hasMore: boolean;
  loadingMore: boolean;
  onMore: () => void;
};

const rowPx = 44;
const cardPx = 92;
// Rows outside the screen that exist all the same, so that a quick scroll shows no holes.
const overscan = 12;

export function CallbackList({ items, hasMore, loadingMore, onMore }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const cards = useMedia("(max-width: 767.98px)");
  const sizePx = cards ? cardPx : rowPx;
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => sizePx,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when the layout changes
  useLayoutEffect(() => rows.measure(), [sizePx]);
  const { above, arrivedAfter, toTop } = useKeptPlace(box, items, sizePx);
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;

  useLayoutEffect(() => {
    if (hasMore && !loadingMore && last >= items.length - overscan) onMore();
  }, [hasMore, loadingMore, last, items.length, onMore]);

  return (
    <div className="relative mx-3 mb-3 flex min-h-0 flex-1 flex-col sm:mx-4 sm:mb-4">
      {above > 0 && <NewAbove count={above} onClick={toTop} />}
      <div
        ref={box}
        className="min-h-0 flex-1 overflow-y-auto overflow-x-hidden rounded-xl border border-line bg-surface"
      >
        <div role="table" aria-label="Callbacks" aria-rowcount={hasMore ? -1 : items.length + 1}>
          <div role="rowgroup" className={cn("sticky top-0 z-20 bg-surface", cards && "sr-only")}>
            <div
              role="row"
              aria-rowindex={1}
              className={cn(columns, "h-9 border-line border-b text-label text-muted")}
            >
              {headings.map(({ text, className }) => (
                <div key={text} role="columnheader" className={className}>
                  {text}
                </div>
              ))}
            </div>
          </div>
          <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
            {shown.map(({ index, key, start }) => {
              const item = items[index];
              if (item === undefined) return null;
              const Row = cards ? CallbackCard : CallbackRow;
              return (
                <Row
                  key={key}
                  item={item}
                  index={index}
                  top={start}
                  height={sizePx}
                  arrived={arrivedAfter !== null && compareCursors(item.cursor, arrivedAfter) > 0}
                />
              );
            })}
          </div>
        </div>
        <End hasMore={hasMore} count={items.length} />
      </div>
    </div>
  );
}

/** Keeps what is read in place, and counts what has come above it. */
function useKeptPlace(
  box: React.RefObject<HTMLDivElement | null>,
  items: HistoryItem[],
  sizePx: number,
) {
  const top = items[0];
  const [first] = useState(top?.cursor ?? null);
  const before = useRef(top?.id);
  const [above, setAbove] = useState(0);

  useLayoutEffect(() => {
    const element = box.current;
    const added = items.findIndex((item) => item.id === before.current);
    before.current = top?.id;
    if (element === null || added <= 0 || element.scrollTop < sizePx / 2) return;
    element.scrollTop += added * sizePx;
    setAbove((count) => count + added);
  }, [box, items, top?.id, sizePx]);

  useLayoutEffect(() => {
    const element = box.current;
    function scrolled() {
      if (element !== null && element.scrollTop < sizePx / 2) setAbove(0);
    }
    element?.addEventListener("scroll", scrolled, { passive: true });
    return () => element?.removeEventListener("scroll", scrolled);
  }, [box, sizePx]);

  return { above, arrivedAfter: first, toTop: () => box.current?.scrollTo({ top: 0 }) };
}

function NewAbove({ count, onClick }: { count: number; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="absolute top-11 left-1/2 z-30 inline-flex h-8 -translate-x-1/2 animate-appear items-center gap-1.5 rounded-full bg-accent px-3 font-medium text-accent-ink shadow-pop"
    >
      <ArrowUp className="size-4" aria-hidden />
      {formatCount(count)} new
    </button>
  );
}

function End({ hasMore, count }: { hasMore: boolean; count: number }) {
  return (
    <div role="status" className="flex h-10 items-center justify-center text-label text-muted">
      {hasMore
        ? "Loading more"
        : `That is all: ${formatCount(count)} ${count === 1 ? "callback" : "callbacks"}`}
    </div>
  );
}
