// The row that keys act on. It holds the keyboard's focus, and the only stops of the Tab key: whoever
// walks through the page by Tab passes the list in two steps, however long it is.
import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { indexOf, type Listing, rowAt } from "@/api/listing";

type Props = {
  box: RefObject<HTMLDivElement | null>;
  listing: Listing;
  length: number;
  rowPx: number;
  headPx: number;
};

export type ActiveRow = { id: string; index: number };

export function useActiveRow({ box, listing, length, rowPx, headPx }: Props) {
  const [active, setActive] = useState<ActiveRow | null>(null);
  const focusWanted = useRef<string | null>(null);

  // The row to be focused may have been far away: it exists only now.
  useLayoutEffect(() => {
    const id = focusWanted.current;
    const link = id && box.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] a`);
    if (!link) return;
    focusWanted.current = null;
    link.focus({ preventScroll: true });
  });

  function at(index: number): ActiveRow | null {
    const row = rowAt(listing, index);
    return row ? { id: row.id, index } : null;
  }

  /** Where the active row is now: the rows above it may have changed. */
  function position(): number {
    if (active === null) return -1;
    const index = indexOf(listing, active.id);
    return index >= 0 ? index : active.index;
  }

  function reveal(index: number): void {
    const element = box.current;
    if (element === null) return;
    const top = index * rowPx;
    const bottom = top + rowPx + headPx - element.clientHeight;
    if (element.scrollTop > top) element.scrollTop = top;
    else if (element.scrollTop < bottom) element.scrollTop = bottom;
  }

  /** Moves by some rows, and gives the row that is active then; at either end it stays. */
  function move(by: number): ActiveRow | null {
    const next = Math.max(0, Math.min(length - 1, target(by)));
    const row = at(next);
    if (row === null) return null;
    setActive(row);
    focusWanted.current = row.id;
    reveal(next);
    return row;
  }

  function target(by: number): number {
    if (active === null) return firstShown();
    const index = indexOf(listing, active.id);
    if (index >= 0) return index + by;
    // It was deleted, and the one below has taken its place.
    return active.index + (by > 0 ? by - 1 : by);
  }

  /** Arrows move only from within the list: elsewhere they scroll. */
  function press(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -length, End: length }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(by);
  }

  function focused(event: FocusEvent): void {
    const { id, index } = event.target.closest<HTMLElement>("[data-id]")?.dataset ?? {};
    if (id !== undefined) setActive({ id, index: Number(index) });
  }

  function firstShown(): number {
    return Math.ceil((box.current?.scrollTop ?? 0) / rowPx);
  }

  return { active, move, position, press, focused };
}
