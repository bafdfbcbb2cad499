// Which callbacks are selected, by id, so that a selection outlives scrolling, filters and what arrives.
// It is in the query cache because the stream takes out what is deleted.
import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { selectionKey } from "./keys";

export type Selection = ReadonlySet<string>;

const none: Selection = new Set();

export function useSelection(): Selection {
  const { data = none } = useQuery<Selection>({
    queryKey: selectionKey,
    queryFn: skipToken,
    initialData: none,
    structuralSharing: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** Changes the selection; the function stays the same, so that rows need not be drawn again for it. */
export function useSelect(): (change: (before: Selection) => Selection) => void {
  const client = useQueryClient();
  return useCallback(
    (change) => client.setQueryData<Selection>(selectionKey, (before) => change(before ?? none)),
    [client],
  );
}

export function withAll(before: Selection, ids: readonly string[], selected: boolean): Selection {
  const after = new Set(before);
  for (const id of ids) {
    if (selected) after.add(id);
    else after.delete(id);
  }
  return after;
}
