// The latest requests of a source that did not verify, for admins.
import { useQuery } from "@tanstack/react-query";
import { callbacksBase } from "./base";
import { freshOnShow } from "./fresh";
import { readPage } from "./history-page";
import { rejectsKeyOf } from "./keys";
import type { HistoryItem } from "./types";

// As often as what the source has sent is counted; a hidden tab does not ask.
const everyMs = 10_000;
// The fewest that the server gives.
const limit = 10;

export function useRecentRejects(source: string, enabled: boolean): HistoryItem[] {
  const { data } = useQuery({
    queryKey: rejectsKeyOf(source),
    enabled,
    queryFn: async ({ signal }) => {
      const query = { source, signature: "invalid", limit };
      const page = await readPage(callbacksBase("ADMIN"), query, { atLeast: 1, signal });
      // What is accepted unsigned, or was accepted by somebody, was not rejected.
      return page.callbacks.filter(({ rejection }) => rejection !== null);
    },
    ...freshOnShow,
    refetchInterval: everyMs,
  });
  return data ?? [];
}
