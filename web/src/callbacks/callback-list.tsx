// The rows, of which only those on screen exist. What it shows, what has arrived and what is selected is
// known elsewhere; here is where things lie.
import { useEffect, useRef } from "react";
import { endlessMax, type History, type Range } from "@/api/history";
import { hasMore, lengthOf, loadedRows, rowAt } from "@/api/listing";
import { useSelection } from "@/api/selection";
import { cn } from "@/lib/cn";
import { compareCursors } from "@/lib/cursor";
import { density } from "@/lib/density";
import { useMedia } from "@/lib/use-media";
import { CallbackCard } from "./callback-card";
import { CallbackRow } from "./callback-row";
import { ListEnd } from "./list-end";
import { ListHead } from "./list-head";
import { NewAbove } from "./new-above";
import { RowSkeleton } from "./row-skeleton";
import { useActiveRow } from "./use-active-row";
import { useFreshAfter } from "./use-fresh-after";
import { useKeptPlace } from "./use-kept-place";
import { useListCommands } from "./use-list-commands";
import { useRowSelection } from "./use-row-selection";
import { useShownRows } from "./use-shown-rows";

type Props = {
  history: History;
  onLook: (range: Range) => void;
  /** Goes to where the newest are. */
  onNewest: () => void;
};

// Heights by density: rows of one line, cards of three.
const rowPx = { comfortable: 44, compact: 36 };
const cardPx = { comfortable: 96, compact: 84 };
const headPx = 36;
// How finely the list tells what is looked at: each time may mean a request.
const lookRows = 20;

export function CallbackList({ history, onLook, onNewest }: Props) {
  const { listing, paging } = history;
  const box = useRef<HTMLDivElement>(null);
  const cards = useMedia("(max-width: 767.98px)");
  const sizePx = (cards ? cardPx : rowPx)[density.use()];
  const length = Math.min(lengthOf(listing), paging.size ?? endlessMax);
  const row = useActiveRow({ box, listing, length, rowPx: sizePx, headPx });
  const kept = row.position();
  const { shown, from, to, totalPx } = useShownRows({ box, length, rowPx: sizePx, kept });
  const placed = shown.map(({ index, start }) => ({ index, start, item: rowAt(listing, index) }));

  const newest = paging.at === null;
  const waits = useKeptPlace({
    box,
    listing,
    rowPx: sizePx,
    release: newest ? history.release : null,
  });
  const selection = useSelection();
  const rowSelection = useRowSelection(listing);
  useListCommands({ listing, row, rowSelection, onNewest: toNewest });
  const freshAfter = useFreshAfter(listing.head);

  const [lookFrom, lookTo] = [from - (from % lookRows), to + lookRows - (to % lookRows)];
  useEffect(() => onLook({ from: lookFrom, to: lookTo }), [onLook, lookFrom, lookTo]);

  function toNewest() {
    if (!newest) return onNewest();
    history.release();
    box.current?.scrollTo({ top: 0 });
  }
  const rowIds = placed.flatMap(({ item }) => item?.id ?? []);
  const tabStop = rowIds.find((id) => id === row.active?.id) ?? rowIds[0];

  return (
    <div className="relative mx-3 flex min-h-0 flex-col sm:mx-4">
      {waits && listing.arrivedCount > 0 && (
        <NewAbove count={listing.arrivedCount} more={listing.gap} onClick={toNewest} />
      )}
      <div
        ref={box}
        className={cn(
          "min-h-0 overflow-y-auto overflow-x-hidden rounded-xl border border-line bg-surface",
          "transition-opacity",
          !history.isRead && "opacity-60",
        )}
        aria-busy={!history.isRead}
      >
        <div
          role="grid"
          onKeyDown={row.press}
          onFocus={row.focused}
          aria-label="Callbacks"
          aria-multiselectable="true"
          aria-rowcount={hasMore(listing) ? -1 : length + 1}
        >
          <ListHead cards={cards} rows={() => loadedRows(listing).slice(0, length)} />
          <div role="rowgroup" className="relative" style={{ height: totalPx }}>
            {placed.map(({ index, start, item }) => {
              if (item === null) {
                return <RowSkeleton key={index} index={index} top={start} height={sizePx} />;
              }
              const Row = cards ? CallbackCard : CallbackRow;
              return (
                <Row
                  key={item.id}
                  item={item}
                  index={index}
                  top={start}
                  height={sizePx}
                  arrived={compareCursors(item.cursor, freshAfter) > 0}
                  selected={selection.has(item.id)}
                  tabStop={item.id === tabStop}
                  onSelect={rowSelection.pick}
                />
              );
            })}
          </div>
        </div>
        <ListEnd history={history} length={length} />
      </div>
    </div>
  );
}
