// Finds streams that are dead although nobody has said so: a proxy that keeps what it should pass on, a
// cable that was pulled, a machine that slept. EventSource hears nothing in all of these, and stays open.
import { compareCursors } from "@/lib/cursor";
import { Unreachable } from "../http";
import { isRefusal, type Questions } from "./questions";
import { onWake } from "./wake";

export type Doubted = {
  cursor(): string | null;
  isLive(): boolean;
  dead(): void;
  woke(): void;
  refused(): void;
};

// A connection that died without a word is found within it. Each costs the server a query.
const probeMs = 60_000;
// What tabs that are looked at again, or a network that changes, may cause.
const probeGapMs = 5_000;
// What the server has committed before it answers has come by stream within it.
const graceMs = 3_000;
// The head, a replay's next event or `ready`: a stream that works is heard of sooner.
const silenceMs = 15_000;

export class Doubts {
  private readonly questions: Questions;
  private readonly doubted: Doubted;
  private attempt = new AbortController();
  private probedAtMs = 0;
  private probeTimer: ReturnType<typeof setInterval> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private watching = new AbortController();

  constructor(questions: Questions, doubted: Doubted) {
    this.questions = questions;
    this.doubted = doubted;
  }

  start(): void {
    this.stop();
    this.probeTimer = setInterval(() => void this.probe(), probeMs);
    this.watching = new AbortController();
    const { signal } = this.watching;
    onWake(() => this.doubted.woke(), signal);
    addEventListener("online", () => this.doubted.woke(), { signal });
    // Said also by a machine whose server is its own: ask.
    addEventListener("offline", () => void this.probe(), { signal });
  }

  stop(): void {
    this.forget();
    clearInterval(this.probeTimer);
    this.watching.abort();
  }

  /** A stream is being opened, or has just said something before it was `ready`. */
  expectMore(): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => void this.silent(), silenceMs);
  }

  /** There is no stream, or it is live: silence says nothing. */
  forget(): void {
    clearTimeout(this.silenceTimer);
    this.attempt.abort();
    this.attempt = new AbortController();
  }

  /** Is there a callback that the stream should have brought? */
  async probe(): Promise<void> {
    const cursor = this.doubted.cursor();
    if (!this.doubted.isLive() || cursor === null || Date.now() - this.probedAtMs < probeGapMs)
      return;
    this.probedAtMs = Date.now();
    const { signal } = this.attempt;
    const missing = await this.ask((asked) => this.questions.next(cursor, asked), signal);
    if (missing === undefined || missing === null) return;
    setTimeout(() => {
      const now = this.doubted.cursor();
      if (!signal.aborted && (now === null || compareCursors(now, missing) < 0))
        this.doubted.dead();
    }, graceMs);
  }

  /** While the database is away a stream has nothing to say; where others are answered, it must. */
  private async silent(): Promise<void> {
    const { signal } = this.attempt;
    const head = await this.ask((asked) => this.questions.head(asked), signal);
    if (signal.aborted) return;
    if (head === undefined) this.expectMore();
    else this.doubted.dead();
  }

  /** `undefined` when there was no answer, and what that means has been seen to. */
  private async ask<T>(
    question: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    try {
      return await question(signal);
    } catch (error) {
      if (!signal.aborted && isRefusal(error)) this.doubted.refused();
      else if (!signal.aborted && error instanceof Unreachable) this.doubted.dead();
      return undefined;
    }
  }
}
