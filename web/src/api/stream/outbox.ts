// What one tab is still to be told. A tab that nobody sees is told in larger portions, and one that would be
// told too much is asked to load again instead: messages queue up in a tab that is slow, without a limit.
import type { Change, ToTab } from "./messages";
import { Recent } from "./recent-items";

// Each message wakes the tab up and makes it paint.
const hiddenMs = 1_000;
// More than a list shows at once.
const itemsMax = 500;

export class Outbox {
  private readonly send: (message: ToTab) => void;
  private readonly waiting = new Recent(itemsMax);
  private live = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (message: ToTab) => void) {
    this.send = send;
  }

  put(message: ToTab, visible: boolean): void {
    const change = message.kind === "change" ? message.change : null;
    if (change?.kind !== "callbacks" || visible) {
      // Whatever it is, it must not overtake the callbacks that it may be about.
      this.flush();
      this.send(message);
      return;
    }
    if (change.live !== this.live) this.flush();
    this.live = change.live;
    this.waiting.add(change.items);
    this.timer ??= setTimeout(() => this.flush(), hiddenMs);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { items, more } = this.waiting.take();
    if (items.length === 0) return;
    const change: Change = more
      ? { kind: "reload" }
      : { kind: "callbacks", items, live: this.live };
    this.send({ kind: "change", change });
  }

  drop(): void {
    clearTimeout(this.timer);
    this.waiting.take();
  }
}
