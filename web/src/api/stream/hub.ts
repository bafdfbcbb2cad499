// Serves all tabs of one person from one engine: passes every change to every tab, and gives each
// toast to exactly one of them, the one that was looked at last.
import type { HistoryItem, Role } from "../types";
import { Engine } from "./engine";
import type { Change, ToHub, ToTab } from "./messages";

type Tab = { send: (message: ToTab) => void; visible: boolean; seenAtMs: number };

// A tab that joins late is given what it may have missed since it fetched its list.
const recentMax = 500;

export class Hub {
  private readonly tabs = new Map<string, Tab>();
  private readonly engine: Engine;
  private recent: HistoryItem[] = [];

  constructor(person: string, role: Role) {
    this.engine = new Engine(person, role, {
      live: (live) => this.toAll({ kind: "live", live }),
      change: (change) => {
        this.remember(change);
        this.toAll({ kind: "change", change });
      },
      toasts: (orders) => this.elected()?.send({ kind: "toasts", orders }),
      alert: (alert) => this.elected()?.send({ kind: "alert", alert }),
    });
    void this.engine.start();
  }

  receive(tab: string, message: ToHub, send: (message: ToTab) => void): void {
    switch (message.kind) {
      case "hello":
        this.welcome(tab, message, send);
        return;
      case "visible": {
        const known = this.tabs.get(tab);
        if (known) this.tabs.set(tab, { ...known, visible: message.visible, seenAtMs: Date.now() });
        if (message.visible) this.engine.retry();
        return;
      }
      case "leave":
        this.tabs.delete(tab);
        return;
      case "retry":
        this.engine.retry();
    }
  }

  stop(): void {
    this.engine.stop();
  }

  private welcome(tab: string, hello: ToHub & { kind: "hello" }, send: Tab["send"]): void {
    this.tabs.set(tab, { send, visible: hello.visible, seenAtMs: Date.now() });
    // A tab says hello only when it knows that the person is signed in (again).
    if (this.engine.live.kind === "signed-out") void this.engine.start();
    send({ kind: "welcome", live: this.engine.live, recent: this.recent });
    // The tab holds this lock as long as it lives; being granted it means that the tab is gone.
    void navigator.locks?.request(hello.lock, () => this.tabs.delete(tab));
  }

  private toAll(message: ToTab): void {
    for (const tab of this.tabs.values()) tab.send(message);
  }

  private elected(): Tab | undefined {
    return [...this.tabs.values()].sort(
      (a, b) => Number(b.visible) - Number(a.visible) || b.seenAtMs - a.seenAtMs,
    )[0];
  }

  private remember(change: Change): void {
    if (change.kind === "callbacks") {
      this.recent = [...this.recent, ...change.items].slice(-recentMax);
    } else if (change.kind === "deleted") {
      this.recent = this.recent.filter((item) => !change.ids.includes(item.id));
    } else if (change.kind === "reload") {
      this.recent = [];
    }
  }
}
