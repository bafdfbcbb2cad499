// What there is to choose from: the sources, workflows and events that have been received.
import { useQuery } from "@tanstack/react-query";
import { callbacksBase } from "./base";
import { getJson } from "./http";
import { facetsKey } from "./keys";
import { useRole } from "./role";
import type { Facets } from "./types";

export type { Facets };

// New values are rare, and asking costs the server little.
const freshMs = 30_000;
const none: Facets = { sources: [], workflows: [], events: [] };

/** Empty while they are not known: a name can be typed all the same. */
export function useFacets(): Facets {
  const base = callbacksBase(useRole());
  const { data } = useQuery({
    queryKey: facetsKey,
    queryFn: ({ signal }) => getJson<Facets>(`${base}/facets`, signal),
    staleTime: freshMs,
    refetchOnMount: true,
    refetchOnWindowFocus: true,
  });
  return data ?? none;
}
