// Connects the page of whoever is signed in to the stream: changes go into the query cache, the state
// of the connection and the toasts to whoever shows them.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { applyChange } from "./cache";
import { meKey } from "./keys";
import { type Connection, connect } from "./stream/connection";
import type { Alert, Live, SignedOutReason, ToastOrder, ToTab } from "./stream/messages";
import type { Me } from "./types";

const begin: Live = { kind: "connecting" };
let live: Live = begin;
let connection: Connection | null = null;
let endedBy: SignedOutReason | null = null;
const watchers = new Set<() => void>();

function setLive(next: Live): void {
  live = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useLive(): Live {
  return useSyncExternalStore(watch, () => live);
}

export function retryNow(): void {
  connection?.retry();
}

/** Why the last session ended, told once. */
export function takeEndReason(): SignedOutReason | null {
  const reason = endedBy;
  endedBy = null;
  return reason;
}

export type LiveHandlers = {
  onToasts(orders: ToastOrder[]): void;
  onAlert(alert: Alert): void;
  onChange?(change: ToTab & { kind: "change" }): void;
};

/** `handlers` must be stable. */
export function useStream(me: Me, handlers: LiveHandlers): void {
  const client = useQueryClient();
  const { id, role } = me;
  useEffect(() => {
    function receive(message: ToTab): void {
      switch (message.kind) {
        case "welcome":
          applyChange(client, { kind: "callbacks", items: message.recent, live: false });
          setLive(message.live);
          return;
        case "live":
          setLive(message.live);
          // Who is signed in is decided by the server alone: ask, and the page follows the answer.
          if (message.live.kind === "signed-out") {
            endedBy = message.live.reason;
            void client.invalidateQueries({ queryKey: meKey });
          }
          return;
        case "change":
          applyChange(client, message.change);
          handlers.onChange?.(message);
          return;
        case "toasts":
          handlers.onToasts(message.orders);
          return;
        case "alert":
          handlers.onAlert(message.alert);
      }
    }
    const opened = connect(id, role, receive);
    connection = opened;
    return () => {
      opened.close();
      if (connection === opened) connection = null;
      setLive(begin);
    };
  }, [client, id, role, handlers]);
}
