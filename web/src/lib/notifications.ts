// Notifications of the desktop: whether this browser may show them, asking for that, and showing one.
import { useSyncExternalStore } from "react";

export type NotificationAccess =
  /** Not asked yet. */
  | "default"
  | "granted"
  | "denied"
  /** Browsers have them only on pages that came by https or from this machine. */
  | "insecure"
  | "unsupported";

const watchers = new Set<() => void>();
// Phones have the interface and refuse to use it; they say so at the first attempt.
let refused = false;

export function notificationAccess(): NotificationAccess {
  if (!globalThis.isSecureContext) return "insecure";
  if (refused || !("Notification" in globalThis)) return "unsupported";
  return Notification.permission;
}

export function useNotificationAccess(): NotificationAccess {
  return useSyncExternalStore(watch, notificationAccess);
}

/** To be called while a person clicks: browsers hear no such question at other times. */
export async function askForNotifications(): Promise<NotificationAccess> {
  if (notificationAccess() === "default") await Notification.requestPermission();
  tell();
  return notificationAccess();
}

/** One with the same `tag` takes the place of the one before. */
export type DesktopNote = { tag: string; title: string; body: string; onClick: () => void };

/** Answers whether it was shown. */
export function showNotification({ tag, title, body, onClick }: DesktopNote): boolean {
  if (notificationAccess() !== "granted") return false;
  try {
    const shown = new Notification(title, { body, tag, icon: "/favicon.svg" });
    shown.onclick = () => {
      window.focus();
      shown.close();
      onClick();
    };
    return true;
  } catch {
    refused = true;
    tell();
    return false;
  }
}

/** Permission can be given and taken in the browser's own settings, while the page is open. */
export function watchNotificationAccess(changed: () => void): () => void {
  return watch(changed);
}

function tell(): void {
  for (const watcher of watchers) watcher();
}

let following = false;

function watch(watcher: () => void): () => void {
  if (!following) {
    following = true;
    void followPermission();
  }
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

async function followPermission(): Promise<void> {
  try {
    const status = await navigator.permissions.query({ name: "notifications" });
    status.onchange = tell;
  } catch {
    // This browser does not tell; it shows what holds when the page is looked at again.
  }
}
