// What a tab and the hub that owns the stream say to each other, and what the stream says to the hub.
import type { HistoryItem } from "../types";

export type SignedOutReason = "session_expired" | "signed_out" | "role_removed";

/** What a person is always shown about the connection. */
export type Live =
  | { kind: "connecting" }
  | { kind: "catching-up" }
  | { kind: "live" }
  /** `atMs` is when the next attempt begins. */
  | { kind: "reconnecting"; atMs: number }
  | { kind: "polling" }
  | { kind: "signed-out"; reason: SignedOutReason };

export type Viewed = { ids: string[] } | { through: string };

export type Alert = { kind: string; severity: string; title: string; detail: string; at: string };

/** One toast to show, or to show again with more in it when the key is on screen already. */
export type ToastOrder = {
  key: string;
  kind: "callback" | "invalid" | "burst";
  count: number;
  item: HistoryItem;
};

export type Change =
  /** The stream has sent all there was; hints may have been missed before it. */
  | { kind: "ready"; unviewedCount: number }
  /** `live` is false while catching up: those are in the unviewed count already. */
  | { kind: "callbacks"; items: HistoryItem[]; live: boolean }
  | { kind: "updated"; item: HistoryItem }
  | { kind: "viewed"; what: Viewed; unviewedCount: number }
  | { kind: "deleted"; ids: string[] }
  | { kind: "preferences" }
  /** Polling brings no hints: count again. */
  | { kind: "recount" }
  | { kind: "reload" };

export type ToTab =
  | { kind: "welcome"; live: Live; recent: HistoryItem[] }
  | { kind: "live"; live: Live }
  | { kind: "change"; change: Change }
  | { kind: "toasts"; orders: ToastOrder[] }
  | { kind: "alert"; alert: Alert };

export type ToHub =
  | { kind: "hello"; visible: boolean; lock: string }
  | { kind: "visible"; visible: boolean }
  | { kind: "leave" }
  | { kind: "retry" };
