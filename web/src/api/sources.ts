// The configured sources, for admins.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { freshOnShow } from "./fresh";
import { getJson, postJson } from "./http";
import { sourcesKey } from "./keys";
import { useRole } from "./role";
import type { Source, Sources, TestCallback } from "./types";

const sourcesOptions = queryOptions({
  queryKey: sourcesKey,
  queryFn: ({ signal }) => getJson<Sources>("/api/admin/sources", signal),
});

/** For those who only need to know which there are; a member has no business with them. */
export function useSources(): Source[] | undefined {
  const role = useRole();
  return useQuery({ ...sourcesOptions, enabled: role === "ADMIN" }).data?.sources;
}

// What each has sent is counted anew by the database; a hidden tab does not ask.
const everyMs = 10_000;

/** For the page that shows them, and what they have sent. */
export function useSourceList() {
  return useQuery({ ...sourcesOptions, ...freshOnShow, refetchInterval: everyMs });
}

/** Sends a made-up callback of this source. */
export function useTestSource(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      postJson<TestCallback>(`/api/admin/sources/${encodeURIComponent(name)}/test`, undefined),
    onSuccess: () => client.invalidateQueries({ queryKey: sourcesKey }),
  });
}
