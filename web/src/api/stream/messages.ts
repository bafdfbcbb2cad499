// What a tab and the hub that owns the stream say to each other, and what the stream says to the hub.
import type { HistoryItem, Spool } from "../types";

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
  /** There were more than were counted. */
  more: boolean;
  item: HistoryItem;
};

/** `volume` is from 0 to 1. */
export type Sound = { kind: "chime" | "alarm"; volume: number };

/** What one tab is asked to do about new callbacks. Orders for the desktop are made while nobody looks. */
export type Announcement = { on: "page" | "desktop"; orders: ToastOrder[]; sound: Sound | null };

export type Change =
  /** The stream has sent all there was; hints may have been missed before it. */
  | { kind: "ready"; unviewedCount: number }
  /**
   * In order of their cursors. Some may be known already, after a tab joined or the stream changed hands.
   * `live` is false while catching up: those are in the unviewed count already.
   */
  | { kind: "callbacks"; items: HistoryItem[]; live: boolean }
  | { kind: "updated"; item: HistoryItem }
  | { kind: "viewed"; what: Viewed; unviewedCount: number }
  | { kind: "deleted"; ids: string[] }
  | { kind: "preferences" }
  | { kind: "spool"; spool: Spool }
  /** Polling brings no hints: count again. */
  | { kind: "recount" }
  /** More has happened than is worth telling: ask again for everything that is shown. */
  | { kind: "reload" };

export type ToTab =
  | { kind: "welcome"; live: Live; recent: HistoryItem[] }
  | { kind: "live"; live: Live }
  | { kind: "change"; change: Change }
  | { kind: "announce"; announcement: Announcement }
  | { kind: "alert"; alert: Alert }
  | { kind: "pong" };

/** Whether a person can see this tab, and whether it may show notifications beside it. */
export type Sight = { visible: boolean; notifies: boolean };

export type ToHub =
  /** `lock` is held by the tab as long as it lives. */
  | { kind: "hello"; lock: string; sight: Sight }
  | { kind: "sight"; sight: Sight }
  | { kind: "leave" }
  /** Somebody wants the stream now. */
  | { kind: "retry" }
  /** This tab has saved other preferences. */
  | { kind: "preferences" }
  | { kind: "ping" };
