// What a list of callbacks is narrowed to. It lives in the URL; the server and the stream both obey it.
import type { HistoryItem, Status } from "./types";

export type Filters = {
  source?: string;
  status?: Status;
  workflow?: string;
  event?: string;
  signature?: "valid" | "invalid";
  viewed?: "true" | "false";
  job?: string;
  from?: string;
  to?: string;
  q?: string;
};

export type FilterName = keyof Filters;

const texts = ["source", "workflow", "event", "job", "from", "to", "q"] as const;

/** Reads what it knows and leaves out the rest, so that an old or foreign link still opens. */
export function readFilters(search: URLSearchParams): Filters {
  const filters: Filters = {};
  for (const name of texts) {
    const value = search.get(name);
    if (value) filters[name] = value;
  }
  const status = search.get("status");
  if (status === "received" || status === "processed" || status === "error")
    filters.status = status;
  const signature = search.get("signature");
  if (signature === "valid" || signature === "invalid") filters.signature = signature;
  const viewed = search.get("viewed");
  if (viewed === "true" || viewed === "false") filters.viewed = viewed;
  return filters;
}

export const filterNames: readonly FilterName[] = [...texts, "status", "signature", "viewed"];

export function isFiltered(filters: Filters): boolean {
  return Object.keys(filters).length > 0;
}

/** Whether a callback that the stream brought belongs in a list with these filters. */
export function matches(filters: Filters, item: HistoryItem): boolean {
  return (
    same(filters.source, item.source) &&
    same(filters.status, item.status) &&
    same(filters.workflow, item.workflowName) &&
    same(filters.event, item.eventType) &&
    same(filters.job, item.jobId) &&
    same(filters.signature, item.signatureValid ? "valid" : "invalid") &&
    same(filters.viewed, item.viewedByCurrentUser ? "true" : "false") &&
    within(filters, item.createdAt) &&
    mentions(filters.q, item)
  );
}

function same(wanted: string | undefined, value: string | null): boolean {
  return wanted === undefined || wanted === value;
}

function within(filters: Filters, createdAt: string): boolean {
  const at = Date.parse(createdAt);
  if (filters.from !== undefined && at < Date.parse(filters.from)) return false;
  return filters.to === undefined || at < Date.parse(filters.to);
}

function mentions(q: string | undefined, item: HistoryItem): boolean {
  if (q === undefined) return true;
  const places = [item.id, item.callbackId, item.workflowName ?? "", item.payloadPreview];
  return places.some((text) => text.toLowerCase().includes(q.toLowerCase()));
}
