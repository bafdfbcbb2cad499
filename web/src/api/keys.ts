// The names of what is in the query cache.
import type { Paging } from "@/lib/place-paging";
import type { Filters } from "./filters";

export const meKey = ["me"] as const;
export const sourcesKey = ["sources"] as const;
export const facetsKey = ["facets"] as const;
export const preferencesKey = ["preferences"] as const;
export const historyKey = ["history"] as const;
export const unviewedKey = ["unviewed"] as const;
export const tokensKey = ["tokens"] as const;
export const sessionsKey = ["sessions"] as const;
export const peopleKey = ["people"] as const;
export const systemKey = ["system"] as const;
export const spoolKey = ["spool"] as const;
export const callbackKey = ["callback"] as const;
export const replayTargetsKey = ["replay-targets"] as const;
export const attemptsKey = ["attempts"] as const;
export const rawKey = ["raw"] as const;
export const rejectsKey = ["rejects"] as const;

export const historyKeyOf = (filters: Filters, paging: Paging) =>
  [...historyKey, filters, paging] as const;
export const callbackKeyOf = (id: string) => [...callbackKey, id] as const;
export const attemptsKeyOf = (id: string) => [...attemptsKey, id] as const;
export const rawKeyOf = (id: string) => [...rawKey, id] as const;
export const rejectsKeyOf = (source: string) => [...rejectsKey, source] as const;
