// The newest callbacks, up to a number; it remembers that there were more.
import type { HistoryItem } from "../types";

export class Recent {
  private items: HistoryItem[] = [];
  private more = false;
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  newest(): HistoryItem[] {
    return this.items.slice(-this.max);
  }

  add(items: readonly HistoryItem[], more = false): void {
    // A flood comes in many small handfuls: cut seldom, not at each.
    this.items.push(...items);
    this.more ||= more;
    if (this.items.length > 2 * this.max) this.cut(this.max);
  }

  /** Everything, and from then on nothing. */
  take(): { items: HistoryItem[]; more: boolean } {
    if (this.items.length > this.max) this.cut(this.max);
    const taken = { items: this.items, more: this.more };
    this.items = [];
    this.more = false;
    return taken;
  }

  /** The others are known not to matter. */
  keepNewest(count: number): void {
    if (count >= this.items.length) return;
    this.items = count === 0 ? [] : this.items.slice(-count);
    this.more = false;
  }

  forget(gone: (item: HistoryItem) => boolean): void {
    if (this.items.some(gone)) this.items = this.items.filter((item) => !gone(item));
  }

  /** One of them is as this one now, but for who has seen it. */
  revise(now: HistoryItem): void {
    this.items = this.items.map((item) =>
      item.id === now.id ? { ...now, viewedByCurrentUser: item.viewedByCurrentUser } : item,
    );
  }

  private cut(to: number): void {
    this.items = this.items.slice(-to);
    this.more = true;
  }
}
