// What there is to choose from: the sources, workflows and events that have been received.
import { useQuery } from "@tanstack/react-query";
import { callbacksBase } from "./base";
import { getJson } from "./http";
import { facetsKey } from "./keys";
import { useRole } from "./role";
import type { Facets, HistoryItem } from "./types";

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

// What the server gives of each.
const valuesMax = 200;

/** With what has just come; what a rejected request calls itself is a stranger's word, and is left out. */
export function withFacetsOf(facets: Facets, items: readonly HistoryItem[]): Facets {
  const verified = items.filter((item) => item.rejection === null);
  const sources = withValues(facets.sources, verified, (item) => item.source);
  const workflows = withValues(facets.workflows, verified, (item) => item.workflowName);
  const events = withValues(facets.events, verified, (item) => item.eventType);
  const same =
    sources === facets.sources && workflows === facets.workflows && events === facets.events;
  return same ? facets : { sources, workflows, events };
}

function withValues(
  values: string[],
  items: readonly HistoryItem[],
  read: (item: HistoryItem) => string | null,
): string[] {
  const fresh = new Set<string>();
  for (const item of items) {
    const value = read(item);
    if (value !== null && value !== "" && !values.includes(value)) fresh.add(value);
  }
  if (fresh.size === 0 || values.length >= valuesMax) return values;
  return [...values, ...fresh].sort().slice(0, valuesMax);
}
