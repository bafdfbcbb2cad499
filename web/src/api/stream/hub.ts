// Serves all tabs of one person from one engine: passes every change to every tab, and each announcement
// to exactly one of them, the one that was looked at last.
import type { Role } from "../types";
import { Engine } from "./engine";
import type { Change, Sight, ToHub, ToTab } from "./messages";
import { Outbox } from "./outbox";
import { Recent } from "./recent-items";

type Tab = { outbox: Outbox; lock: string; sight: Sight; seenAtMs: number };

// A tab that joins late is given what it may have missed since it fetched its list.
const recentMax = 500;

export class Hub {
  private readonly tabs = new Map<string, Tab>();
  private readonly engine: Engine;
  private readonly recent = new Recent(recentMax);

  constructor(person: string, role: Role) {
    this.engine = new Engine(person, role, {
      live: (live) => this.toAll({ kind: "live", live }),
      change: (change) => {
        this.remember(change);
        this.toAll({ kind: "change", change });
      },
      announce: (announcement) => this.toElected({ kind: "announce", announcement }),
      alert: (alert) => this.toElected({ kind: "alert", alert }),
    });
    void this.engine.start();
  }

  receive(name: string, message: ToHub, send: (message: ToTab) => void): void {
    switch (message.kind) {
      case "hello":
        this.welcome(name, message, send);
        return;
      case "sight":
        this.see(name, message.sight);
        return;
      case "leave":
        this.remove(name);
        return;
      case "retry":
        this.engine.retry();
        return;
      case "preferences":
        this.engine.preferencesChanged();
        return;
      case "ping":
        send({ kind: "pong" });
    }
  }

  stop(): void {
    this.engine.stop();
    for (const tab of this.tabs.values()) tab.outbox.drop();
  }

  private welcome(
    name: string,
    { lock, sight }: ToHub & { kind: "hello" },
    send: (message: ToTab) => void,
  ): void {
    // The same tab by another way in: it lost patience with the first.
    for (const [other, tab] of this.tabs) if (tab.lock === lock) this.tabs.delete(other);
    const outbox = new Outbox(send);
    this.tabs.set(name, { outbox, lock, sight, seenAtMs: Date.now() });
    // A tab says hello only when it knows that the person is signed in (again).
    if (this.engine.live.kind === "signed-out") void this.engine.start();
    send({ kind: "welcome", live: this.engine.live, recent: this.recent.newest() });
    this.countAudience();
    // The tab holds this lock as long as it lives; being granted it means that the tab is gone.
    void navigator.locks?.request(lock, () => this.remove(name));
  }

  private see(name: string, sight: Sight): void {
    const tab = this.tabs.get(name);
    if (tab === undefined) return;
    this.tabs.set(name, { ...tab, sight, seenAtMs: Date.now() });
    this.countAudience();
    if (!sight.visible) return;
    tab.outbox.flush();
    this.engine.retry();
  }

  private remove(name: string): void {
    const tab = this.tabs.get(name);
    if (tab === undefined) return;
    tab.outbox.drop();
    this.tabs.delete(name);
    this.countAudience();
  }

  private countAudience(): void {
    const sights = [...this.tabs.values()].map((tab) => tab.sight);
    this.engine.setAudience({
      watches: sights.some((sight) => sight.visible),
      notifies: sights.some((sight) => sight.notifies),
    });
  }

  private toAll(message: ToTab): void {
    for (const { outbox, sight } of this.tabs.values()) outbox.put(message, sight.visible);
  }

  private toElected(message: ToTab): void {
    const [elected] = [...this.tabs.values()].sort(
      (a, b) => Number(b.sight.visible) - Number(a.sight.visible) || b.seenAtMs - a.seenAtMs,
    );
    elected?.outbox.put(message, true);
  }

  private remember(change: Change): void {
    if (change.kind === "callbacks") this.recent.add(change.items);
    else if (change.kind === "deleted") this.recent.forget((item) => change.ids.includes(item.id));
    else if (change.kind === "reload") this.recent.take();
  }
}
