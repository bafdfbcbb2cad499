// The hub in the tab that leads, and its ways to the other tabs.
import { Hub } from "./hub";
import type { ToHub, ToTab } from "./messages";
import { inboxName, readName } from "./name";

export class Leader {
  private readonly hub: Hub;
  private readonly name: string;
  private readonly self: string;
  private readonly toSelf: (message: ToTab) => void;
  private readonly inboxes = new Map<string, BroadcastChannel>();

  constructor(name: string, self: string, toSelf: (message: ToTab) => void) {
    const { person, role } = readName(name);
    this.hub = new Hub(person, role);
    this.name = name;
    this.self = self;
    this.toSelf = toSelf;
  }

  receive(tab: string, message: ToHub): void {
    const send = (answer: ToTab) =>
      tab === this.self ? this.toSelf(answer) : this.inboxOf(tab).postMessage(answer);
    this.hub.receive(tab, message, send);
    if (message.kind !== "leave") return;
    this.inboxes.get(tab)?.close();
    this.inboxes.delete(tab);
  }

  stop(): void {
    this.hub.stop();
    for (const inbox of this.inboxes.values()) inbox.close();
  }

  private inboxOf(tab: string): BroadcastChannel {
    const known = this.inboxes.get(tab);
    if (known !== undefined) return known;
    const inbox = new BroadcastChannel(inboxName(this.name, tab));
    this.inboxes.set(tab, inbox);
    return inbox;
  }
}
