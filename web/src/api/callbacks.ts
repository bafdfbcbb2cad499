// Reading single callbacks and marking them viewed. The stream keeps what is read here up to date.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { callbacksBase } from "./base";
import { applyChange } from "./cache";
import { getBytes, getJson, postJson, withQuery } from "./http";
import { callbackKeyOf, rawKeyOf, unviewedKey } from "./keys";
import { useRole } from "./role";
import type { CallbackView, Count, HistoryPage, MarkedViewed, MarkViewed } from "./types";

export function useCallbackView(id: string) {
  const base = callbacksBase(useRole());
  return useQuery({
    queryKey: callbackKeyOf(id),
    queryFn: ({ signal }) => getJson<CallbackView>(`${base}/${encodeURIComponent(id)}`, signal),
    // A payload can be a megabyte: let go of it a minute after its window closes.
    gcTime: 60_000,
  });
}

export function useUnviewedCount() {
  const base = callbacksBase(useRole());
  const { data } = useQuery({
    queryKey: unviewedKey,
    queryFn: async ({ signal }) => (await getJson<Count>(`${base}/unviewed-count`, signal)).count,
  });
  return data ?? 0;
}

export function useMarkViewed() {
  const base = callbacksBase(useRole());
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => markViewed(base, { id }),
    onSuccess: ({ unviewedCount }, id) =>
      applyChange(client, { kind: "viewed", what: { ids: [id] }, unviewedCount }),
  });
}

/** Everything there is, whatever the list is narrowed to: up to the newest callback of all. */
export function useMarkAllViewed() {
  const base = callbacksBase(useRole());
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const { callbacks } = await getJson<HistoryPage>(withQuery(`${base}/history`, { limit: 10 }));
      const through = callbacks[0]?.cursor ?? "0";
      return { through, ...(await markViewed(base, { through })) };
    },
    onSuccess: ({ through, unviewedCount }) =>
      applyChange(client, { kind: "viewed", what: { through }, unviewedCount }),
  });
}

function markViewed(base: string, what: MarkViewed): Promise<MarkedViewed> {
  return postJson(`${base}/mark-viewed`, what);
}

export function useRawUrl(id: string): string {
  return `${callbacksBase(useRole())}/${encodeURIComponent(id)}/raw`;
}

/** The bytes received, for what is not JSON. They never change. */
export function useRawBytes(id: string, enabled: boolean) {
  const url = useRawUrl(id);
  return useQuery({
    queryKey: rawKeyOf(id),
    queryFn: ({ signal }) => getBytes(url, signal),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
}
