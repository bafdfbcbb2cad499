// Bringing a row into sight that may come onto the page only with the next drawing, and of a match the
// mark within its row.
import { type RefObject, useLayoutEffect } from "react";
import type { Row } from "./tree-rows";
import type { VirtualRowsHandle, Where } from "./virtual-rows";

export type Wanted = { row: Row; where: Where; mark: boolean };

export function useWanted(
  wanted: RefObject<Wanted | null>,
  indexOf: (row: Row) => number,
  list: RefObject<VirtualRowsHandle | null>,
): void {
  useLayoutEffect(() => {
    const want = wanted.current;
    if (want === null) return;
    const mark = want.mark ? (list.current?.find("mark[aria-current]") ?? null) : null;
    if (mark !== null) list.current?.show(mark);
    else list.current?.scrollTo(indexOf(want.row), want.where);
    // A mark is there when its row has been made, which scrolling to it brings about.
    if (mark !== null || !want.mark) wanted.current = null;
  });
}
