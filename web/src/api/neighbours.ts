// The callback next to one in the list, wherever it is: also beyond what the list has read.
import { useCallback } from "react";
import { callbacksBase } from "./base";
import type { Filters } from "./filters";
import { readPage } from "./history-page";
import { useRole } from "./role";

export type Towards = "newer" | "older";

// The least that the server gives; one is needed.
const limit = 10;

/** Null where there is none under these filters. */
export function useNeighbour(filters: Filters) {
  const base = callbacksBase(useRole());
  return useCallback(
    async (cursor: string, towards: Towards): Promise<string | null> => {
      const from = towards === "older" ? { before: cursor } : { after: cursor };
      const { callbacks } = await readPage(base, { ...filters, ...from, limit }, { atLeast: 1 });
      const next = towards === "older" ? callbacks[0] : callbacks.at(-1);
      return next?.id ?? null;
    },
    [base, filters],
  );
}
