// One EventSource, whose events are handed over decoded. After `close` nothing comes any more.

import type { HistoryItem, Spool } from "../types";
import { decode } from "./decode";
import type { Alert, Viewed } from "./messages";

export type StreamEvent =
  | { kind: "callback"; item: HistoryItem }
  | { kind: "ready"; cursor: string; unviewedCount: number }
  | { kind: "updated"; item: HistoryItem }
  | { kind: "viewed"; what: Viewed; unviewedCount: number }
  | { kind: "deleted"; ids: string[] }
  | { kind: "preferences" }
  | { kind: "alert"; alert: Alert }
  | { kind: "spool"; spool: Spool }
  | { kind: "reset"; head: string }
  | { kind: "bye"; reason: string };

export type SourceHandlers = {
  opened(): void;
  /** `refused`: the browser gave up for good, and does not say on which status. */
  lost(refused: boolean): void;
  event(event: StreamEvent): void;
};

const readers: Record<StreamEvent["kind"], (data: unknown, id: string) => StreamEvent> = {
  callback: (data) => ({ kind: "callback", item: decode.item(data) }),
  ready: (data) => ({ kind: "ready", ...decode.ready(data) }),
  updated: (data) => ({ kind: "updated", item: decode.item(data) }),
  viewed: (data) => ({ kind: "viewed", ...decode.viewed(data) }),
  deleted: (data) => ({ kind: "deleted", ids: decode.ids(data) }),
  preferences: () => ({ kind: "preferences" }),
  alert: (data) => ({ kind: "alert", alert: decode.alert(data) }),
  spool: (data) => ({ kind: "spool", spool: decode.spool(data) }),
  reset: (_, id) => ({ kind: "reset", head: id }),
  bye: (data) => ({ kind: "bye", reason: decode.reason(data) }),
};

export function openSource(url: string, handlers: SourceHandlers): { close(): void } {
  const source = new EventSource(url);
  let closed = false;
  source.onopen = () => !closed && handlers.opened();
  source.onerror = () => !closed && handlers.lost(source.readyState === EventSource.CLOSED);
  for (const [name, read] of Object.entries(readers)) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      if (!closed) handlers.event(read(JSON.parse(event.data || "null"), event.lastEventId));
    });
  }
  return {
    close() {
      closed = true;
      source.close();
    },
  };
}
