// Reads the data of stream events. They come from our own server, so an item is taken by its type;
// what decides the state of the connection is read with care, so that a later server cannot break it.
import type { HistoryItem, ListItem, Spool } from "../types";
import type { Alert, Viewed } from "./messages";

export const decode = {
  item(data: unknown): HistoryItem {
    return { viewedByCurrentUser: false, ...(data as ListItem) };
  },
  ready(data: unknown): { cursor: string; unviewedCount: number } {
    return { cursor: text(data, "cursor") || "0", unviewedCount: number(data, "unviewedCount") };
  },
  viewed(data: unknown): { what: Viewed; unviewedCount: number } {
    const through = text(data, "through");
    const what: Viewed = through === "" ? { ids: decode.ids(data) } : { through };
    return { what, unviewedCount: number(data, "unviewedCount") };
  },
  ids(data: unknown): string[] {
    const ids = get(data, "ids");
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  },
  alert(data: unknown): Alert {
    return {
      kind: text(data, "kind"),
      severity: text(data, "severity"),
      title: text(data, "title"),
      detail: text(data, "detail"),
      at: text(data, "at"),
    };
  },
  spool(data: unknown): Spool {
    const oldest = get(data, "oldestSeconds");
    return {
      callbacks: number(data, "callbacks"),
      bytes: number(data, "bytes"),
      bytesMax: number(data, "bytesMax"),
      oldestSeconds: typeof oldest === "number" ? oldest : null,
      active: get(data, "active") === true,
    };
  },
  reason(data: unknown): string {
    return text(data, "reason");
  },
};

function get(data: unknown, name: string): unknown {
  return typeof data === "object" && data !== null ? Reflect.get(data, name) : undefined;
}

function text(data: unknown, name: string): string {
  const value = get(data, name);
  return typeof value === "string" ? value : "";
}

function number(data: unknown, name: string): number {
  const value = get(data, name);
  return typeof value === "number" ? value : 0;
}
