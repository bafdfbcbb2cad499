// Shows what the stream asks to be toasted. Which toasts there are, and in which tab, was decided
// before; a key that is on screen already is shown again in place.
import type { ReactElement } from "react";
import { toast } from "sonner";
import type { LiveHandlers } from "@/api/live";
import type { ToastOrder, Viewed } from "@/api/stream/messages";
import type { HistoryItem } from "@/api/types";
import { compareCursors } from "@/lib/cursor";
import { showNotification } from "@/lib/notifications";
import { playSound } from "@/lib/sound";
import { announce } from "@/ui/announcer";
import { AlertCard } from "./alert-card";
import { ToastCard } from "./toast-card";
import { viewOrder } from "./view-order";
import { bodyOf, isOneCallback, spokenOf, titleOf } from "./words";

// Long enough to read and to reach for "View details".
const onScreenMs = 10_000;
// A count that runs is told this often, or nothing else could be heard.
const retellMs = 10_000;
// Far more than can be on screen.
const rememberedMax = 100;

const onScreen = new Map<string, ToastOrder>();
const putAside = new Set<string>();
const toldAtMs = new Map<string, number>();

export const streamToasts: LiveHandlers = {
  onAnnouncement({ on, orders, sound }) {
    if (sound !== null) void playSound(sound.kind, sound.volume);
    for (const order of orders) {
      if (on === "page") show(order);
      else notify(order);
    }
  },
  onAlert(alert) {
    const key = `alert:${alert.kind}`;
    announce(`${alert.title}. ${alert.detail}`, alert.severity === "error" ? "urgent" : "polite");
    put(key, (onClose, onHold) => <AlertCard alert={alert} onClose={onClose} onHold={onHold} />);
  },
  onChange(change) {
    if (change.kind === "deleted") dismiss((order) => isAbout(order, change.ids));
    if (change.kind === "updated") revise(change.item);
    if (change.kind === "viewed") dismiss((order) => isSeen(order, change.what));
  },
  onRoleChanged(role) {
    const sees =
      role === "ADMIN" ? "You are an admin now." : "You now see your own callbacks only.";
    toast.info("Your access has changed", { description: sees, duration: onScreenMs });
  },
};

function show(order: ToastOrder): void {
  // Whoever has put a running count aside does not want it back at the next callback.
  if (!isOneCallback(order) && putAside.has(order.key)) return;
  tell(order);
  paint(order);
}

function paint(order: ToastOrder): void {
  remember(onScreen, order.key, order);
  put(order.key, (onClose, onHold) => (
    <ToastCard order={order} onClose={onClose} onHold={onHold} />
  ));
}

/** Why a request did not verify is found out a moment after it came. */
function revise(item: HistoryItem): void {
  for (const order of [...onScreen.values()]) {
    if (order.item.id === item.id && order.item.cause !== item.cause) paint({ ...order, item });
  }
}

function put(
  key: string,
  card: (onClose: () => void, onHold: (held: boolean) => void) => ReactElement,
  duration = onScreenMs,
): void {
  toast.custom(
    (id) =>
      card(
        () => toast.dismiss(id),
        (held) => put(key, card, held ? Number.POSITIVE_INFINITY : onScreenMs),
      ),
    {
      id: key,
      duration,
      unstyled: true,
      onAutoClose: () => onScreen.delete(key),
      onDismiss: () => {
        onScreen.delete(key);
        if (putAside.size >= rememberedMax) putAside.clear();
        putAside.add(key);
      },
    },
  );
}

function notify(order: ToastOrder): void {
  showNotification({
    tag: order.key,
    title: titleOf(order),
    body: bodyOf(order),
    onClick: () => viewOrder(order),
  });
}

function tell(order: ToastOrder): void {
  const nowMs = Date.now();
  if (nowMs - (toldAtMs.get(order.key) ?? 0) < retellMs) return;
  remember(toldAtMs, order.key, nowMs);
  announce(spokenOf(order), order.kind === "invalid" ? "urgent" : "polite");
}

function dismiss(chosen: (order: ToastOrder) => boolean): void {
  for (const [key, order] of onScreen) if (chosen(order)) toast.dismiss(key);
}

function isAbout(order: ToastOrder, ids: readonly string[]): boolean {
  return isOneCallback(order) && ids.includes(order.item.id);
}

function isSeen(order: ToastOrder, what: Viewed): boolean {
  if ("ids" in what) return isAbout(order, what.ids);
  return compareCursors(order.item.cursor, what.through) <= 0;
}

function remember<T>(known: Map<string, T>, key: string, value: T): void {
  if (known.size >= rememberedMax) known.clear();
  known.set(key, value);
}
