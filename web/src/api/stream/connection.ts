// A tab's end of the stream: finds the hub, wherever it runs, keeps telling it whether anyone looks, and
// finds it again when it is gone.
import type { Role } from "../types";
import { joinChannel } from "./channel";
import type { Sight, ToHub, ToTab } from "./messages";
import { streamName } from "./name";
import { Pulse } from "./pulse";
import workerUrl from "./worker.ts?worker&url";

export type Connection = {
  /** Now, instead of when it would be tried again. */
  retry(): void;
  /** The person is signed in, whatever the hub has heard. */
  greet(): void;
  /** What this tab may do, or has seen, is different now. */
  look(): void;
  preferencesSaved(): void;
  close(): void;
};

/** What carries messages to the hub; `close` gives up whatever it holds. */
export type Transport = {
  send(message: ToHub): void;
  /** The hub does not answer. */
  repair(): void;
  close(): void;
};

export function connect(person: string, role: Role, receive: (message: ToTab) => void): Connection {
  const hold = new AbortController();
  const { signal } = hold;
  const lock = `callbackd:tab:${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const name = streamName(person, role);
  const pulse = new Pulse(
    () => transport.send({ kind: "ping" }),
    () => transport.repair(),
  );

  function take(message: ToTab): void {
    pulse.heard();
    receive(message);
  }
  function greet(): void {
    transport.send({ kind: "hello", lock, sight: sightNow() });
  }
  function look(): void {
    transport.send({ kind: "sight", sight: sightNow() });
    pulse.feel();
  }
  function withoutWorker(): void {
    transport.close();
    transport = joinChannel(name, greet, take);
  }
  let transport = joinWorker(name, greet, take, withoutWorker) ?? joinChannel(name, greet, take);

  const leave = () => transport.send({ kind: "leave" });
  document.addEventListener("visibilitychange", look, { signal });
  addEventListener("focus", look, { signal });
  addEventListener("pagehide", leave, { signal });
  addEventListener("pageshow", ({ persisted }) => persisted && greet(), { signal });
  whileHolding(lock, signal, greet);

  return {
    retry: () => transport.send({ kind: "retry" }),
    greet,
    look,
    preferencesSaved: () => transport.send({ kind: "preferences" }),
    close() {
      leave();
      pulse.stop();
      hold.abort();
      transport.close();
    },
  };
}

function sightNow(): Sight {
  const notifies = "Notification" in globalThis && Notification.permission === "granted";
  return { visible: !document.hidden, notifies };
}

/** `null` where there are no SharedWorkers; `failed` where there are, but not for us. */
function joinWorker(
  name: string,
  greet: () => void,
  receive: (message: ToTab) => void,
  failed: () => void,
): Transport | null {
  if (!("SharedWorker" in globalThis)) return null;

  function open(): MessagePort {
    const worker = new SharedWorker(workerUrl, { type: "module", name });
    worker.onerror = failed;
    worker.port.onmessage = ({ data }: MessageEvent<ToTab>) => receive(data);
    return worker.port;
  }
  let port: MessagePort;
  try {
    port = open();
  } catch {
    // Storage, and what shares it, is forbidden here.
    return null;
  }
  return {
    send: (message) => port.postMessage(message),
    repair() {
      port.close();
      port = open();
      greet();
    },
    close: () => port.close(),
  };
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
