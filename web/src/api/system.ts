// How the server is doing, for admins.
import { skipToken, useQuery } from "@tanstack/react-query";
import { getJson } from "./http";
import { spoolKey, systemKey } from "./keys";
import type { Spool, System } from "./types";

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

/**
 * As it was read or as the stream has told it, whichever is newer: while the database is away nothing can be read, and the
 * stream goes on. Null: this node has none.
 */
export function useSpool({ data, dataUpdatedAt }: ReturnType<typeof useSystem>) {
  const told = useQuery<Spool>({ queryKey: spoolKey, queryFn: skipToken });
  return told.dataUpdatedAt > dataUpdatedAt ? told.data : data?.spool;
}
