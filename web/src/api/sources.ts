// The configured sources, for admins.
import { useQuery } from "@tanstack/react-query";
import { freshOnShow } from "./fresh";
import { getJson } from "./http";
import { sourcesKey } from "./keys";
import type { Source, Sources } from "./types";

// What a source has received lately is counted by the server; the page keeps up, without haste.
const everyMs = 15_000;

export function useSourceList() {
  return useQuery({
    ...freshOnShow,
    queryKey: sourcesKey,
    queryFn: async ({ signal }): Promise<Source[]> =>
      (await getJson<Sources>("/api/admin/sources", signal)).sources,
    refetchInterval: everyMs,
  });
}
