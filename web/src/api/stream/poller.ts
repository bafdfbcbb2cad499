// Asks for what is new while the stream cannot be had.
import type { HistoryItem } from "../types";
import { isRefusal, type Questions } from "./questions";

export type Polled = {
  cursor(): string | null;
  /** On a first visit nothing is owed: what is new begins here. */
  beginAt(head: string): void;
  items(items: HistoryItem[]): void;
  /** There is no going on from the cursor: what is shown is loaded again, and what comes next follows `head`. */
  reset(head: string): void;
  polled(ok: boolean): void;
  refused(): void;
};

export const pollMs = 10_000;

export class Poller {
  private readonly questions: Questions;
  private readonly polled: Polled;
  private round: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(questions: Questions, polled: Polled) {
    this.questions = questions;
    this.polled = polled;
  }

  /** At once, and every ten seconds until it is stopped. */
  start(): void {
    if (this.round !== null) return;
    this.round = new AbortController();
    void this.poll(this.round.signal);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.round?.abort();
    this.round = null;
  }

  private async poll(signal: AbortSignal): Promise<void> {
    try {
      await this.ask(signal);
      if (!signal.aborted) this.polled.polled(true);
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) this.polled.refused();
      else this.polled.polled(false);
    }
    if (!signal.aborted) this.timer = setTimeout(() => void this.poll(signal), pollMs);
  }

  private async ask(signal: AbortSignal): Promise<void> {
    const cursor = this.polled.cursor();
    if (cursor === null) {
      this.polled.beginAt(await this.questions.head(signal));
      return;
    }
    for await (const { items, reset, nextCursor } of this.questions.after(cursor, signal)) {
      if (signal.aborted) return;
      if (reset) this.polled.reset(nextCursor ?? cursor);
      else this.polled.items(items);
    }
  }
}
