// Where there is no SharedWorker: the tab that gets a Web Lock runs the hub, and a BroadcastChannel
// carries the messages. Without Web Locks each tab runs its own; toasts are still claimed only once.
import type { Transport } from "./connection";
import { Hub } from "./hub";
import type { ToHub, ToTab } from "./messages";
import { readName } from "./name";

type Letter =
  | { to: "hub"; tab: string; message: ToHub }
  | { to: "tab"; tab: string; message: ToTab }
  /** A new leader asks everyone to introduce himself. */
  | { to: "all" };

export function joinChannel(
  name: string,
  greet: () => void,
  receive: (message: ToTab) => void,
): Transport {
  const self = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const channel = new BroadcastChannel(name);
  const over = new AbortController();
  let hub: Hub | null = null;

  channel.onmessage = ({ data }: MessageEvent<Letter>) => {
    if (data.to === "all") greet();
    else if (data.to === "tab" && data.tab === self) receive(data.message);
    else if (data.to === "hub") hub?.receive(data.tab, data.message, answer(data.tab));
  };
  function answer(tab: string): (message: ToTab) => void {
    return (message) => channel.postMessage({ to: "tab", tab, message } satisfies Letter);
  }
  function lead(): Promise<void> {
    const { person, role } = readName(name);
    hub = new Hub(person, role);
    greet();
    channel.postMessage({ to: "all" } satisfies Letter);
    return new Promise((resolve) => over.signal.addEventListener("abort", () => resolve()));
  }

  if (navigator.locks) {
    void navigator.locks.request(`${name}:lead`, { signal: over.signal }, lead).catch(() => null);
  } else {
    queueMicrotask(() => void lead());
  }

  return {
    send(message) {
      if (hub) hub.receive(self, message, receive);
      else if (navigator.locks)
        channel.postMessage({ to: "hub", tab: self, message } satisfies Letter);
    },
    close() {
      hub?.stop();
      over.abort();
      channel.close();
    },
  };
}
