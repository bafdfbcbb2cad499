// Connects the page of whoever is signed in to the stream: changes go into the query cache, the state
// of the connection and the announcements to whoever shows them.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { applyChange } from "./cache";
import { meKey } from "./keys";
import { forgetEnd, noteEnd, takeEnd } from "./session-end";
import { type Connection, connect } from "./stream/connection";
import type { Alert, Announcement, Change, Live, ToTab } from "./stream/messages";
import type { Me, Role } from "./types";

const begin: Live = { kind: "connecting" };
let live: Live = begin;
let sinceMs = Date.now();
let connection: Connection | null = null;
let asking: QueryClient | null = null;
const watchers = new Set<() => void>();

function setLive(next: Live): void {
  if (next.kind !== live.kind) sinceMs = Date.now();
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

/** When this state began, as far as this tab knows. */
export function useLiveSinceMs(): number {
  return useSyncExternalStore(watch, () => sinceMs);
}

export function retryNow(): void {
  connection?.retry();
}

/** The page follows the answer: where nobody is, it shows the way in. */
export function askWhoIsSignedIn(): void {
  void asking?.invalidateQueries({ queryKey: meKey });
}

/** This tab may show notifications now, or no longer. */
export function sightChanged(): void {
  connection?.look();
}

/** Other tabs, and what decides about toasts, learn of it without the server's help. */
export function preferencesSaved(): void {
  connection?.preferencesSaved();
}

export type LiveHandlers = {
  onAnnouncement(announcement: Announcement): void;
  onAlert(alert: Alert): void;
  onChange(change: Change): void;
  /** The person has another role than a moment ago, and sees what belongs to that. */
  onRoleChanged(role: Role): void;
};

/** `handlers` must be stable. */
export function useStream(me: Me, handlers: LiveHandlers): void {
  const client = useQueryClient();
  const { id, role } = me;
  useEffect(() => {
    // A session that has ended shows the page for signing in; a role that has changed comes here.
    if (takeEnd() === "role_removed") handlers.onRoleChanged(role);
    const over = new AbortController();
    const opened = connect(id, role, receive);
    connection = opened;
    asking = client;

    function receive(message: ToTab): void {
      switch (message.kind) {
        case "welcome":
          change({ kind: "callbacks", items: message.recent, live: false });
          follow(message.live);
          return;
        case "live":
          follow(message.live);
          return;
        case "change":
          change(message.change);
          return;
        case "announce":
          handlers.onAnnouncement(message.announcement);
          return;
        case "alert":
          handlers.onAlert(message.alert);
          return;
        case "pong":
      }
    }
    function change(what: Change): void {
      applyChange(client, what);
      handlers.onChange(what);
    }
    function follow(next: Live): void {
      setLive(next);
      if (next.kind !== "signed-out") return;
      noteEnd(next.reason);
      void confirmEnd(client, over.signal, () => opened.greet());
    }
    return () => {
      over.abort();
      opened.close();
      if (connection === opened) connection = null;
      setLive(begin);
    };
  }, [client, id, role, handlers]);
}

const askAgainMs = 5_000;

/**
 * Who is signed in is decided by the server alone: it is asked, and the page follows the answer by leaving
 * what uses the stream. Where nothing changes (a session that was replaced by another of the same person),
 * the stream is asked for again.
 */
async function confirmEnd(
  client: QueryClient,
  signal: AbortSignal,
  resume: () => void,
): Promise<void> {
  await client.invalidateQueries({ queryKey: meKey });
  if (signal.aborted) return;
  const answered = client.getQueryState(meKey)?.status === "success";
  setTimeout(() => {
    if (signal.aborted) return;
    if (!answered) return void confirmEnd(client, signal, resume);
    forgetEnd();
    resume();
  }, askAgainMs);
}
