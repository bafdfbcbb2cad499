// Follows one person's stream for the whole browser: owns the EventSource, the timers and the cursor,
// and does what the state machine decides. It runs in a SharedWorker, or in the leading tab.
import { compareCursors, laterCursor } from "@/lib/cursor";
import { callbacksBase } from "../base";
import { getJson, Problem, withQuery } from "../http";
import type { CheckPage, HistoryItem, Me, Role } from "../types";
import { decode, listen } from "./decode";
import { begin, type Effect, type Input, type Machine, step } from "./machine";
import type { Alert, Change, Live, ToastOrder } from "./messages";
import { openPositions, type Positions } from "./positions";
import { noToasts, planToasts, type ToastMemory } from "./toast-plan";

export type EngineEvents = {
  live(live: Live): void;
  change(change: Change): void;
  toasts(orders: ToastOrder[]): void;
  alert(alert: Alert): void;
};

// Enough to paint a burst in one go, too short to notice.
const batchMs = 80;
// What arrives within it is one decision about toasts.
const toastBatchMs = 250;
const pollMs = 10_000;
// A connection that died without a word (sleep, a changed network) is found within it.
const probeMs = 60_000;
const probeGraceMs = 3_000;
// Who comes back later starts at the present: the list shows the rest.
const resumeWithinMs = 12 * 3_600_000;

export class Engine {
  private machine: Machine = begin;
  private readonly role: Role;
  private readonly base: string;
  private readonly events: EngineEvents;
  private readonly positions: Positions;
  private source: EventSource | null = null;
  private cursor: string | null = null;
  private resumed = false;
  private batch: HistoryItem[] = [];
  private untoasted: HistoryItem[] = [];
  private toastMemory: ToastMemory = noToasts;
  private batchTimer: ReturnType<typeof setTimeout> | undefined;
  private toastTimer: ReturnType<typeof setTimeout> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pollTimer: ReturnType<typeof setInterval> | undefined;
  private probeTimer: ReturnType<typeof setInterval> | undefined;

  constructor(person: string, role: Role, events: EngineEvents) {
    this.role = role;
    this.base = callbacksBase(role);
    this.events = events;
    this.positions = openPositions(`${role}:${person}`, Date.now);
  }

  get live(): Live {
    return this.machine.live;
  }

  async start(): Promise<void> {
    const position = await this.positions.load().catch(() => null);
    this.resumed = position !== null && Date.now() - position.savedAtMs < resumeWithinMs;
    this.cursor = this.resumed && position ? position.seen : null;
    clearInterval(this.probeTimer);
    this.probeTimer = setInterval(() => void this.probe(), probeMs);
    this.dispatch({ kind: "start" });
  }

  /** At once, because a person asked or the machine woke up. */
  retry(): void {
    const { kind } = this.machine.live;
    if (kind === "live") void this.probe();
    if (kind !== "reconnecting" && kind !== "polling") return;
    clearTimeout(this.retryTimer);
    this.dispatch({ kind: "retry-due" });
  }

  stop(): void {
    this.perform({ kind: "close" });
    this.perform({ kind: "stop-polling" });
    clearInterval(this.probeTimer);
    for (const timer of [this.batchTimer, this.toastTimer]) clearTimeout(timer);
  }

  private dispatch(input: Input): void {
    const before = this.machine.live;
    const { machine, effects } = step(this.machine, input, Date.now(), Math.random());
    this.machine = machine;
    if (machine.live !== before) this.events.live(machine.live);
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: Effect): void {
    switch (effect.kind) {
      case "open":
        this.open();
        return;
      case "close":
        this.source?.close();
        this.source = null;
        clearTimeout(this.retryTimer);
        return;
      case "wait":
        clearTimeout(this.retryTimer);
        this.retryTimer = setTimeout(() => this.dispatch({ kind: "retry-due" }), effect.ms);
        return;
      case "ask-me":
        void this.askMe();
        return;
      case "poll":
        if (this.pollTimer !== undefined) return;
        this.pollTimer = setInterval(() => void this.poll(), pollMs);
        void this.poll();
        return;
      case "stop-polling":
        clearInterval(this.pollTimer);
        this.pollTimer = undefined;
        return;
    }
  }

  private open(): void {
    this.source?.close();
    const source = new EventSource(
      withQuery(`${this.base}/stream`, { after: this.cursor ?? undefined }),
    );
    this.source = source;
    source.onopen = () => this.dispatch({ kind: "opened" });
    source.onerror = () =>
      this.dispatch({ kind: "lost", refused: source.readyState === EventSource.CLOSED });
    const on = (name: string, handle: (data: unknown, id: string) => void) =>
      listen(source, name, (data, id) => source === this.source && handle(data, id));
    on("callback", (data) => this.take(decode.item(data)));
    on("ready", (data) => this.ready(decode.ready(data)));
    on("updated", (data) => this.events.change({ kind: "updated", item: decode.item(data) }));
    on("viewed", (data) => this.events.change({ kind: "viewed", ...decode.viewed(data) }));
    on("deleted", (data) => this.events.change({ kind: "deleted", ids: decode.ids(data) }));
    on("preferences", () => this.events.change({ kind: "preferences" }));
    on("alert", (data) => this.events.alert(decode.alert(data)));
    on("bye", (data) => this.dispatch({ kind: "bye", reason: decode.reason(data) }));
    on("reset", (_, cursor) => this.reset(cursor));
  }

  private take(item: HistoryItem): void {
    if (this.cursor !== null && compareCursors(item.cursor, this.cursor) <= 0) return;
    this.cursor = item.cursor;
    this.batch.push(item);
    this.batchTimer ??= setTimeout(() => this.flush(), batchMs);
  }

  private flush(): void {
    clearTimeout(this.batchTimer);
    this.batchTimer = undefined;
    if (this.batch.length === 0) return;
    const items = this.batch;
    this.batch = [];
    const live = this.machine.live.kind === "live";
    this.events.change({ kind: "callbacks", items, live });
    this.untoasted.push(...items);
    if (this.machine.live.kind !== "catching-up") this.toastSoon();
  }

  private toastSoon(): void {
    this.toastTimer ??= setTimeout(() => void this.toast(), toastBatchMs);
  }

  private async toast(): Promise<void> {
    this.toastTimer = undefined;
    const items = this.untoasted;
    this.untoasted = [];
    const last = items.at(-1);
    if (last === undefined) return;
    const floor = await this.positions.claim(last.cursor, last.cursor).catch(() => null);
    const mine = items.filter((item) => floor === null || compareCursors(item.cursor, floor) > 0);
    const plan = planToasts(this.toastMemory, mine, Date.now());
    this.toastMemory = plan.memory;
    if (plan.orders.length > 0) this.events.toasts(plan.orders);
  }

  private ready({ cursor, unviewedCount }: { cursor: string; unviewedCount: number }): void {
    this.flush();
    this.cursor = this.cursor === null ? cursor : laterCursor(this.cursor, cursor);
    // A first visit owes no toast for what came before it.
    const toasted = this.resumed ? "0" : this.cursor;
    this.resumed = true;
    void this.positions.claim(this.cursor, toasted).catch(() => null);
    this.events.change({ kind: "ready", unviewedCount });
    this.dispatch({ kind: "ready" });
    // What has been seen elsewhere meanwhile needs no announcement.
    if (this.untoasted.length > unviewedCount) {
      this.untoasted = unviewedCount === 0 ? [] : this.untoasted.slice(-unviewedCount);
    }
    this.toastSoon();
  }

  private reset(head: string): void {
    this.batch = [];
    this.untoasted = [];
    this.cursor = head === "" ? null : head;
    this.resumed = false;
    if (this.cursor !== null) void this.positions.restart(this.cursor).catch(() => null);
    this.events.change({ kind: "reload" });
  }

  private async askMe(): Promise<void> {
    try {
      const me = await getJson<Me>("/api/auth/me");
      this.dispatch({ kind: "me", answer: me.role === this.role ? "signed-in" : "role-changed" });
    } catch (error) {
      this.dispatch({ kind: "me", answer: isRefusal(error) ? "signed-out" : "unreachable" });
    }
  }

  private async poll(): Promise<void> {
    try {
      const page = await this.check(500);
      for (const item of page.items) this.take(item);
      this.events.change({ kind: "recount" });
      this.dispatch({ kind: "polled", ok: true });
    } catch (error) {
      if (isRefusal(error)) await this.askMe();
      else this.dispatch({ kind: "polled", ok: false });
    }
  }

  private async probe(): Promise<void> {
    if (this.machine.live.kind !== "live" || this.cursor === null) return;
    const page = await this.check(1).catch(() => null);
    const missing = page?.items[0]?.cursor;
    if (missing === undefined) return;
    setTimeout(() => {
      const behind = this.cursor === null || compareCursors(this.cursor, missing) < 0;
      if (behind && this.machine.live.kind === "live")
        this.dispatch({ kind: "lost", refused: false });
    }, probeGraceMs);
  }

  private async check(limit: number): Promise<CheckPage> {
    if (this.cursor === null) return { items: [], nextCursor: null, hasMore: false };
    return getJson<CheckPage>(withQuery(`${this.base}/check`, { after: this.cursor, limit }));
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Problem && (error.status === 401 || error.status === 403);
}
