// How the server is doing, for admins.
import { useQuery } from "@tanstack/react-query";
import { getJson } from "./http";
import { systemKey } from "./keys";
import type { System } from "./types";

// Quick enough to watch a queue drain; a hidden tab does not ask.
const everyMs = 5_000;

export function useSystem() {
  return useQuery({
    queryKey: systemKey,
    queryFn: ({ signal }) => getJson<System>("/api/admin/system", signal),
    staleTime: 0,
    refetchOnWindowFocus: true,
    refetchInterval: everyMs,
  });
}
