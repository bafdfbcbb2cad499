// The configured sources, for admins.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { freshOnShow } from "./fresh";
import { getJson } from "./http";
import { sourcesKey } from "./keys";
import { useRole } from "./role";
import type { Source, Sources } from "./types";

const sourcesOptions = queryOptions({
  queryKey: sourcesKey,
  queryFn: async ({ signal }): Promise<Source[]> =>
    (await getJson<Sources>("/api/admin/sources", signal)).sources,
});

/** For those who only need to know which there are; a member has no business with them. */
export function useSources(): Source[] | undefined {
  const role = useRole();
  return useQuery({ ...sourcesOptions, enabled: role === "ADMIN" }).data;
}

/** For the page that shows them. */
export function useSourceList() {
  return useQuery({ ...sourcesOptions, ...freshOnShow });
}
