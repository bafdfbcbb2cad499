// Follows one person's stream for the whole browser: does what the state machine decides, and takes what
// the stream or polling brings to where it belongs. It runs in a SharedWorker, or in the leading tab.
import { defaults, type Preferences } from "../preferences/document";
import type { Role } from "../types";
import { Doubts } from "./doubts";
import { Feed, type FeedMode } from "./feed";
import { begin, type Effect, type Input, type Machine, step } from "./machine";
import type { Alert, Announcement, Change, Live } from "./messages";
import { Poller } from "./poller";
import { openPositions, type Positions } from "./positions";
import { Questions } from "./questions";
import { openSource, type StreamEvent } from "./source";
import { type Audience, Toaster } from "./toaster";

export type EngineEvents = {
  live(live: Live): void;
  change(change: Change): void;
  announce(announcement: Announcement): void;
  alert(alert: Alert): void;
};

// Who comes back later starts at the present: the list shows the rest.
const resumeWithinMs = 12 * 3_600_000;

export class Engine {
  private machine: Machine = begin;
  private readonly events: EngineEvents;
  private readonly questions: Questions;
  private readonly positions: Positions;
  private readonly toaster: Toaster;
  private readonly feed: Feed;
  private readonly poller: Poller;
  private readonly doubts: Doubts;
  private source: { close(): void } | null = null;
  private attempt = new AbortController();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether toasts are owed for what came since the last visit. */
  private resumed = false;
  private known: Preferences = defaults;
  private preferences: Promise<Preferences> = Promise.resolve(defaults);

  constructor(person: string, role: Role, events: EngineEvents) {
    this.events = events;
    this.questions = new Questions(person, role);
    this.positions = openPositions(`${role}:${person}`, Date.now);
    this.toaster = new Toaster(this.positions, () => this.preferences, events);
    this.feed = new Feed(this.toaster, (change) => this.change(change));
    this.poller = new Poller(this.questions, {
      cursor: () => this.feed.cursor,
      beginAt: (head) => {
        this.feed.cursor ??= head;
      },
      items: (items) => this.feed.take(items),
      reset: (head) => this.reset(head),
      polled: (ok) => this.polled(ok),
      refused: () => void this.askWhoItIs(),
    });
    this.doubts = new Doubts(this.questions, {
      cursor: () => this.feed.cursor,
      isLive: () => this.machine.live.kind === "live",
      dead: () => this.dispatch({ kind: "lost", refused: false }),
      woke: () => this.dispatch({ kind: "woke" }),
      refused: () => void this.askWhoItIs(),
    });
  }

  get live(): Live {
    return this.machine.live;
  }

  async start(): Promise<void> {
    this.stop();
    this.machine = begin;
    this.events.live(begin.live);
    const { signal } = this.attempt;
    const position = await this.positions.load();
    if (signal.aborted) return;
    this.resumed = position !== null && Date.now() - position.savedAtMs < resumeWithinMs;
    this.feed.cursor = this.resumed && position ? position.seen : null;
    this.doubts.start();
    this.readPreferences();
    this.dispatch({ kind: "start" });
  }

  stop(): void {
    this.perform({ kind: "close" });
    this.perform({ kind: "stop-polling" });
    this.doubts.stop();
    this.feed.drop();
    this.toaster.stop();
  }

  /** Somebody looks, or asks for it: an attempt that would come later comes now. */
  retry(): void {
    const { kind } = this.machine.live;
    if (kind === "live") void this.doubts.probe();
    else if (kind === "reconnecting" || kind === "polling") this.dispatch({ kind: "retry-due" });
  }

  setAudience(audience: Audience): void {
    this.toaster.setAudience(audience);
  }

  preferencesChanged(): void {
    this.readPreferences();
    this.change({ kind: "preferences" });
  }

  private dispatch(input: Input): void {
    const before = this.machine.live;
    const { machine, effects } = step(this.machine, input, Date.now(), Math.random());
    this.machine = machine;
    this.feed.setMode(feedModeOf(machine.live));
    if (machine.live !== before) this.events.live(machine.live);
    for (const effect of effects) this.perform(effect);
    if (machine.live.kind === "signed-out" && before.kind !== "signed-out") this.stop();
  }

  private perform(effect: Effect): void {
    switch (effect.kind) {
      case "open":
        this.open();
        return;
      case "close":
        this.source?.close();
        this.source = null;
        this.attempt.abort();
        this.attempt = new AbortController();
        this.doubts.forget();
        clearTimeout(this.retryTimer);
        return;
      case "wait":
        this.retryTimer = setTimeout(() => this.dispatch({ kind: "retry-due" }), effect.ms);
        return;
      case "ask-me":
        void this.askWhoItIs();
        return;
      case "poll":
        this.poller.start();
        return;
      case "stop-polling":
        this.poller.stop();
        return;
    }
  }

  private open(): void {
    this.source = openSource(this.questions.streamUrl(this.feed.cursor), {
      opened: () => this.dispatch({ kind: "opened" }),
      lost: (refused) => this.dispatch({ kind: "lost", refused }),
      event: (event) => this.take(event),
    });
    this.doubts.expectMore();
  }

  private take(event: StreamEvent): void {
    if (this.machine.live.kind !== "live") this.doubts.expectMore();
    switch (event.kind) {
      case "callback":
        this.feed.take([event.item]);
        return;
      case "ready":
        this.ready(event.cursor, event.unviewedCount);
        return;
      case "updated":
      case "viewed":
      case "deleted":
        this.feed.giveOn();
        this.change(event);
        return;
      case "preferences":
        this.preferencesChanged();
        return;
      case "spool":
        this.change(event);
        return;
      case "alert":
        void this.toaster.alert(event.alert);
        return;
      case "bye":
        this.dispatch({ kind: "bye", reason: event.reason });
        return;
      case "reset":
        this.reset(event.head);
    }
  }

  private ready(cursor: string, unviewedCount: number): void {
    this.doubts.forget();
    this.feed.caughtUp(cursor, unviewedCount);
    // A first visit owes no toast for what came before it.
    const at = this.feed.cursor ?? cursor;
    void this.positions.claim(at, this.resumed ? "0" : at);
    this.resumed = true;
    // What was set elsewhere was told to streams that were open; at the start it has just been asked for.
    if (this.machine.live.kind !== "connecting") this.readPreferences();
    this.dispatch({ kind: "ready" });
  }

  private reset(head: string): void {
    const cursor = head === "" ? null : head;
    this.resumed = false;
    this.toaster.stop();
    if (cursor !== null) void this.positions.restart(cursor);
    this.feed.restart(cursor);
  }

  private polled(ok: boolean): void {
    this.dispatch({ kind: "polled", ok });
    if (!ok) return;
    this.change({ kind: "recount" });
    this.readPreferences();
  }

  private change(change: Change): void {
    this.toaster.follow(change);
    this.events.change(change);
  }

  private async askWhoItIs(): Promise<void> {
    const { signal } = this.attempt;
    const answer = await this.questions.whoIsIt(signal);
    if (!signal.aborted) this.dispatch({ kind: "me", answer });
  }

  /** Those that were known last hold until the server has answered, and if it does not. */
  private readPreferences(): void {
    this.preferences = this.questions.preferences().then(
      (preferences) => {
        this.known = preferences;
        return preferences;
      },
      () => this.known,
    );
  }
}

function feedModeOf(live: Live): FeedMode {
  switch (live.kind) {
    case "live":
    case "polling":
      return live.kind;
    case "connecting":
    case "catching-up":
    case "reconnecting":
    case "signed-out":
      return "replay";
  }
}
