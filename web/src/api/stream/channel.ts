// Where there is no SharedWorker: the tab that holds a Web Lock runs the hub, and BroadcastChannels carry
// the messages. Without Web Locks each tab runs its own; toasts are still claimed only once.
import type { Transport } from "./connection";
import { Leader } from "./leader";
import type { ToHub, ToTab } from "./messages";
import { inboxName } from "./name";

/** For whoever leads, or from whoever does. */
type Letter =
  | { kind: "to-hub"; tab: string; message: ToHub }
  | { kind: "leader"; hidden: boolean; isNew: boolean };

export function joinChannel(
  name: string,
  greet: () => void,
  receive: (message: ToTab) => void,
): Transport {
  const self = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const hall = new BroadcastChannel(name);
  const inbox = new BroadcastChannel(inboxName(name, self));
  const over = new AbortController();
  const { signal } = over;
  let turn = new AbortController();
  let leader: Leader | null = null;
  let leaderIsHidden = false;

  hall.onmessage = ({ data }: MessageEvent<Letter>) => {
    if (data.kind === "to-hub") {
      leader?.receive(data.tab, data.message);
      return;
    }
    leaderIsHidden = data.hidden;
    if (data.isNew) greet();
  };
  inbox.onmessage = ({ data }: MessageEvent<ToTab>) => receive(data);

  function announce(isNew: boolean): void {
    hall.postMessage({ kind: "leader", hidden: document.hidden, isNew } satisfies Letter);
  }

  /** As long as the promise is pending, this tab leads. */
  function lead(): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    leader = new Leader(name, self, receive);
    announce(true);
    greet();
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  }
  function resign(): void {
    leader?.stop();
    leader = null;
  }

  /** Waits for the lead, or takes it, and waits again when somebody else has taken it. */
  async function queue(how: "wait" | "take"): Promise<void> {
    turn.abort();
    turn = new AbortController();
    const mine = turn;
    try {
      const options: LockOptions = how === "take" ? { steal: true } : { signal: mine.signal };
      await navigator.locks.request(`${name}:lead`, options, lead);
    } catch {
      // Not granted any more, or taken away: the same to us.
    }
    if (signal.aborted || mine !== turn) return;
    resign();
    void queue("wait");
  }
  function take(): void {
    if (leader === null && navigator.locks) void queue("take");
  }

  document.addEventListener(
    "visibilitychange",
    () => {
      if (leader !== null) announce(false);
      // Browsers slow down, or stop, what runs in a tab that nobody sees, and so the hub in it.
      else if (!document.hidden && leaderIsHidden) take();
    },
    { signal },
  );

  if (navigator.locks) void queue("wait");
  else queueMicrotask(() => void lead());

  return {
    send(message) {
      if (leader !== null) leader.receive(self, message);
      else hall.postMessage({ kind: "to-hub", tab: self, message } satisfies Letter);
    },
    repair: take,
    close() {
      turn.abort();
      over.abort();
      resign();
      hall.close();
      inbox.close();
    },
  };
}
