// A tab's end of the stream: finds the hub, wherever it runs, and keeps telling it whether anyone looks.
import type { Role } from "../types";
import { joinChannel } from "./channel";
import type { ToHub, ToTab } from "./messages";
import { streamName } from "./name";
import workerUrl from "./worker.ts?worker&url";

export type Connection = { retry(): void; close(): void };

/** What carries messages to the hub; `close` gives up whatever it holds. */
export type Transport = { send(message: ToHub): void; close(): void };

export function connect(person: string, role: Role, receive: (message: ToTab) => void): Connection {
  const hold = new AbortController();
  const lock = `callbackd:tab:${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const name = streamName(person, role);
  const transport =
    "SharedWorker" in globalThis ? joinWorker(name, receive) : joinChannel(name, greet, receive);

  function greet(): void {
    transport.send({ kind: "hello", visible: !document.hidden, lock });
  }
  function look(): void {
    transport.send({ kind: "visible", visible: !document.hidden });
  }
  function back(event: PageTransitionEvent): void {
    if (event.persisted) greet();
  }
  const leave = () => transport.send({ kind: "leave" });
  const retry = () => transport.send({ kind: "retry" });

  const { signal } = hold;
  document.addEventListener("visibilitychange", look, { signal });
  addEventListener("focus", look, { signal });
  addEventListener("online", retry, { signal });
  addEventListener("pagehide", leave, { signal });
  addEventListener("pageshow", back, { signal });
  whileHolding(lock, signal, greet);

  return {
    retry,
    close() {
      leave();
      hold.abort();
      transport.close();
    },
  };
}

function joinWorker(name: string, receive: (message: ToTab) => void): Transport {
  const { port } = new SharedWorker(workerUrl, { type: "module", name });
  port.onmessage = ({ data }: MessageEvent<ToTab>) => receive(data);
  return { send: (message) => port.postMessage(message), close: () => port.close() };
}

/** Takes the lock that tells the hub this tab is alive; without Web Locks `pagehide` has to do. */
function whileHolding(lock: string, signal: AbortSignal, held: () => void): void {
  if (!navigator.locks) {
    held();
    return;
  }
  void navigator.locks.request(lock, () => {
    if (signal.aborted) return;
    held();
    return new Promise<void>((release) => signal.addEventListener("abort", () => release()));
  });
}
