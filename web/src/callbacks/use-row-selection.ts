// Selecting rows: one, or with the shift key all from the one before to this one.
import { useMemo, useRef } from "react";
import { type Listing, loadedRows } from "@/api/listing";
import { select, withAll } from "@/api/selection";

export type RowSelection = { pick: (id: string, extend: boolean) => void };

export function useRowSelection(listing: Listing): RowSelection {
  const current = useRef(listing);
  current.current = listing;
  const from = useRef<string | null>(null);

  return useMemo(() => {
    function pick(id: string, extend: boolean) {
      const anchor = extend ? from.current : null;
      from.current = id;
      select((before) => {
        const ids = anchor === null ? [id] : idsBetween(current.current, anchor, id);
        return withAll(before, ids, anchor !== null || !before.has(id));
      });
    }
    return { pick };
  }, []);
}

function idsBetween(listing: Listing, one: string, other: string): string[] {
  const ids = loadedRows(listing).map((item) => item.id);
  const [a, b] = [ids.indexOf(one), ids.indexOf(other)];
  if (a < 0 || b < 0) return [other];
  return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}
