// Decides what becomes of new callbacks: which are announced at all, to be shown as which toasts, with
// which sound, and what is kept for later while nobody looks. Each callback is announced once in this
// browser, because it is claimed before.
import { compareCursors } from "@/lib/cursor";
import type { Preferences } from "../preferences/document";
import { isAnnounced } from "../preferences/rules";
import type { HistoryItem } from "../types";
import type { Alert, Announcement, Change, Sound, ToastOrder } from "./messages";
import type { Positions } from "./positions";
import { Recent } from "./recent-items";
import { isAlarming, noToasts, planToasts, type ToastMemory } from "./toast-plan";

export type ToasterEvents = {
  announce(announcement: Announcement): void;
  alert(alert: Alert): void;
};

/** Whether any tab is in sight, and whether the browser may show notifications of its own. */
export type Audience = { watches: boolean; notifies: boolean };

// What arrives within it is one decision about toasts.
const batchMs = 250;
// A sound for every callback of a burst would be a noise.
const soundGapMs = 2_000;
// A hundred people's attention is not worth more than the newest of a flood.
const waitingMax = 500;

export class Toaster {
  private readonly positions: Positions;
  private readonly preferences: () => Promise<Preferences>;
  private readonly events: ToasterEvents;
  /** New, and not decided about. */
  private readonly waiting = new Recent(waitingMax);
  /** Decided about, and kept until somebody looks. */
  private readonly held = new Recent(waitingMax);
  private readonly heldAlerts = new Map<string, Alert>();
  private onPage: ToastMemory = noToasts;
  private onDesktop: ToastMemory = noToasts;
  private audience: Audience = { watches: true, notifies: false };
  private soundAtMs = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    positions: Positions,
    preferences: () => Promise<Preferences>,
    events: ToasterEvents,
  ) {
    this.positions = positions;
    this.preferences = preferences;
    this.events = events;
  }

  /** `more` says that others before them are not among them. */
  add(items: readonly HistoryItem[], more: boolean): void {
    this.waiting.add(items, more);
  }

  soon(): void {
    this.timer ??= setTimeout(() => void this.decide(), batchMs);
  }

  /** After a replay: what has been seen elsewhere meanwhile needs no announcement. */
  keepNewest(count: number): void {
    this.waiting.keepNewest(count);
  }

  /** What was held until somebody looks is shown then, as one decision. */
  setAudience(audience: Audience): void {
    this.audience = audience;
    if (!audience.watches) return;
    const { items, more } = this.held.take();
    this.onDesktop = noToasts;
    this.show("page", this.plan("page", items, more), null);
    for (const alert of this.heldAlerts.values()) this.events.alert(alert);
    this.heldAlerts.clear();
  }

  follow(change: Change): void {
    if (change.kind === "updated") {
      // Why a request did not verify is found out a moment after it came.
      this.waiting.revise(change.item);
      this.held.revise(change.item);
    }
    if (change.kind === "deleted") this.forget((item) => change.ids.includes(item.id));
    if (change.kind === "viewed") {
      const { what } = change;
      this.forget((item) =>
        "through" in what
          ? compareCursors(item.cursor, what.through) <= 0
          : what.ids.includes(item.id),
      );
    }
  }

  async alert(alert: Alert): Promise<void> {
    if (!(await this.positions.claimAlert(alert.kind, alert.at))) return;
    if (this.audience.watches) this.events.alert(alert);
    else this.heldAlerts.set(alert.kind, alert);
  }

  /** Forgets what was not announced. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.take();
    this.held.take();
    this.heldAlerts.clear();
  }

  private forget(gone: (item: HistoryItem) => boolean): void {
    this.waiting.forget(gone);
    this.held.forget(gone);
  }

  private async decide(): Promise<void> {
    this.timer = undefined;
    const { items, more } = this.waiting.take();
    const last = items.at(-1);
    if (last === undefined) return;
    const floor = await this.positions.claim(last.cursor, last.cursor);
    const preferences = await this.preferences();
    const now = new Date();
    const mine = items.filter(
      (item) =>
        !item.viewedByCurrentUser &&
        (floor === null || compareCursors(item.cursor, floor) > 0) &&
        isAnnounced(preferences, item, now),
    );
    this.announce(mine, more, preferences);
  }

  private announce(items: HistoryItem[], more: boolean, preferences: Preferences): void {
    if (items.length === 0) return;
    const sound = this.soundFor(items, preferences);
    if (this.audience.watches) {
      this.show("page", this.plan("page", items, more), sound);
    } else if (this.audience.notifies && preferences.desktop.on) {
      this.show("desktop", this.plan("desktop", items, more), sound);
    } else {
      this.held.add(items, more);
      this.show("desktop", [], sound);
    }
  }

  private plan(on: Announcement["on"], items: HistoryItem[], more: boolean): ToastOrder[] {
    const memory = on === "page" ? this.onPage : this.onDesktop;
    const plan = planToasts(memory, items, Date.now(), more);
    if (on === "page") this.onPage = plan.memory;
    else this.onDesktop = plan.memory;
    return plan.orders;
  }

  private show(on: Announcement["on"], orders: ToastOrder[], sound: Sound | null): void {
    if (orders.length > 0 || sound !== null) this.events.announce({ on, orders, sound });
  }

  private soundFor(items: HistoryItem[], { sound }: Preferences): Sound | null {
    const nowMs = Date.now();
    if (!sound.on || nowMs - this.soundAtMs < soundGapMs) return null;
    this.soundAtMs = nowMs;
    const alarming = items.some(isAlarming);
    return { kind: alarming ? "alarm" : "chime", volume: sound.volume };
  }
}
