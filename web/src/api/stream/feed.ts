// New callbacks on their way to tabs and toasts: each once, in order, in handfuls. Owns the cursor.
import { compareCursors, laterCursor } from "@/lib/cursor";
import type { HistoryItem } from "../types";
import type { Change } from "./messages";
import { Recent } from "./recent-items";
import type { Toaster } from "./toaster";

// Enough to paint what arrives together in one go, too short to notice.
const batchMs = 80;
// While much arrives nobody reads each line: fewer, larger messages cost tabs less.
const busyBatchMs = 250;
const busyBatch = 8;
// What is kept of a replay: more than tabs show at once. They load the rest when they want it.
const batchMax = 500;

/**
 * While the stream replays, what comes is kept until it is complete: tabs load again then, and what has been
 * seen elsewhere is not announced. Polling brings no counts, so that only what is live adds to them.
 */
export type FeedMode = "replay" | "polling" | "live";

export class Feed {
  /** Everything up to here has been taken; null before the first visit has begun. */
  cursor: string | null = null;
  private readonly toaster: Toaster;
  private readonly change: (change: Change) => void;
  private readonly batch = new Recent(batchMax);
  private mode: FeedMode = "replay";
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(toaster: Toaster, change: (change: Change) => void) {
    this.toaster = toaster;
    this.change = change;
  }

  /** What has come until now is given on as what it was. */
  setMode(mode: FeedMode): void {
    if (mode === this.mode) return;
    if (this.mode !== "replay") this.flush();
    this.mode = mode;
    if (mode !== "replay") this.flush();
  }

  take(items: readonly HistoryItem[]): void {
    for (const item of items) {
      if (this.cursor !== null && compareCursors(item.cursor, this.cursor) <= 0) continue;
      this.cursor = item.cursor;
      this.batch.add([item]);
    }
    if (this.mode === "replay") return;
    this.timer ??= setTimeout(() => this.flush(), this.busy ? busyBatchMs : batchMs);
  }

  /** What follows is about callbacks that may still wait here: they go first. After a replay tabs load again anyway. */
  giveOn(): void {
    if (this.mode !== "replay") this.flush();
  }

  /** Everything up to `cursor` has been sent. */
  caughtUp(cursor: string, unviewedCount: number): void {
    this.flush();
    this.cursor = this.cursor === null ? cursor : laterCursor(this.cursor, cursor);
    this.toaster.keepNewest(unviewedCount);
    this.toaster.soon();
    this.change({ kind: "ready", unviewedCount });
  }

  restart(cursor: string | null): void {
    this.drop();
    this.cursor = cursor;
    this.change({ kind: "reload" });
  }

  /** Forgets what was not given on. */
  drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.batch.take();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { items, more } = this.batch.take();
    this.busy = items.length >= busyBatch;
    if (items.length === 0) return;
    this.toaster.add(items, more);
    if (more) this.change({ kind: "reload" });
    else this.change({ kind: "callbacks", items, live: this.mode === "live" });
    if (this.mode !== "replay") this.toaster.soon();
  }
}
