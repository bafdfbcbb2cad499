// The life of the stream as a pure state machine: inputs go in, a new state and effects come out.
// It knows neither EventSource nor timers nor the clock, so that every way of failing can be tested.
//
// On any failure it takes over from EventSource, whose own retries are invisible and stop for good on
// a status other than 200. A stream that was refused is told from a network that is away by asking
// who is signed in.
import { backoffMs } from "@/lib/backoff";
import type { Live, SignedOutReason } from "./messages";

export type Machine = {
  live: Live;
  /** Attempts in a row that did not lead to a stream that lasted. */
  failures: number;
  liveSinceMs: number | null;
  retryAtMs: number;
};

export type Input =
  | { kind: "start" }
  | { kind: "opened" }
  | { kind: "ready" }
  /** `refused` when EventSource gave up for good (`readyState === CLOSED`). */
  | { kind: "lost"; refused: boolean }
  | { kind: "me"; answer: "same" | "signed-out" | "other-role" | "unreachable" }
  | { kind: "bye"; reason: string }
  | { kind: "polled"; ok: boolean }
  | { kind: "retry-due" }
  /** The machine slept, or the network came back: whatever was known of connections is worth nothing. */
  | { kind: "woke" };

export type Effect =
  | { kind: "open" }
  | { kind: "close" }
  | { kind: "ask-me" }
  | { kind: "wait"; ms: number }
  | { kind: "poll" }
  | { kind: "stop-polling" };

export type Step = { machine: Machine; effects: Effect[] };

export const begin: Machine = {
  live: { kind: "connecting" },
  failures: 0,
  liveSinceMs: null,
  retryAtMs: 0,
};

// Two quick attempts cover a restart of the server; after them a proxy that breaks streams is likely.
const failuresBeforePolling = 3;
// A stream that ends sooner counts as one more failure, or a proxy that cuts each one at once would be
// asked for another every second, for ever.
const lastingMs = 10_000;

export function step(machine: Machine, input: Input, nowMs: number, random: number): Step {
  if (machine.live.kind === "signed-out" && input.kind !== "start") return { machine, effects: [] };
  switch (input.kind) {
    case "start":
      return { machine: begin, effects: [{ kind: "close" }, { kind: "open" }] };
    case "opened":
      // While polling nothing is behind: the state changes when the stream has shown that it works.
      if (machine.live.kind === "polling") return { machine, effects: [] };
      return { machine: { ...machine, live: { kind: "catching-up" } }, effects: [] };
    case "ready":
      return {
        machine: { ...machine, live: { kind: "live" }, liveSinceMs: nowMs },
        effects: [{ kind: "stop-polling" }],
      };
    case "lost":
      return lost(failed(machine, nowMs), input.refused, nowMs, random);
    case "me":
      return answered(machine, input.answer, nowMs, random);
    case "bye":
      return bye(machine, input.reason, nowMs, random);
    case "polled":
      return polled(machine, input.ok);
    case "retry-due":
      return { machine: { ...machine, live: trying(machine.live, nowMs) }, effects: reopen };
    case "woke":
      return {
        machine: { ...machine, live: trying(machine.live, nowMs), failures: 0, liveSinceMs: null },
        effects: reopen,
      };
  }
}

const reopen: Effect[] = [{ kind: "close" }, { kind: "open" }];

/** What is shown while an attempt is under way. */
function trying(live: Live, nowMs: number): Live {
  if (live.kind === "live") return { kind: "catching-up" };
  return live.kind === "reconnecting" ? { kind: "reconnecting", atMs: nowMs } : live;
}

function hasLasted(machine: Machine, nowMs: number): boolean {
  return machine.liveSinceMs !== null && nowMs - machine.liveSinceMs >= lastingMs;
}

function failed(machine: Machine, nowMs: number): Machine {
  const failures = hasLasted(machine, nowMs) ? 1 : machine.failures + 1;
  return { ...machine, failures, liveSinceMs: null };
}

function lost(machine: Machine, refused: boolean, nowMs: number, random: number): Step {
  if (!refused) return retry(machine, nowMs, random);
  const live: Live =
    machine.live.kind === "polling" ? machine.live : { kind: "reconnecting", atMs: nowMs };
  return { machine: { ...machine, live }, effects: [{ kind: "close" }, { kind: "ask-me" }] };
}

function retry(machine: Machine, nowMs: number, random: number): Step {
  const ms = backoffMs(Math.max(1, machine.failures), random);
  const retryAtMs = nowMs + ms;
  const effects: Effect[] = [{ kind: "close" }, { kind: "wait", ms }];
  if (machine.failures >= failuresBeforePolling) effects.push({ kind: "poll" });
  const live: Live =
    machine.live.kind === "polling" ? machine.live : { kind: "reconnecting", atMs: retryAtMs };
  return { machine: { ...machine, live, retryAtMs }, effects };
}

function answered(
  machine: Machine,
  answer: (Input & { kind: "me" })["answer"],
  nowMs: number,
  random: number,
): Step {
  switch (answer) {
    case "signed-out":
      return signedOut(machine, "session_expired");
    case "other-role":
      return signedOut(machine, "role_removed");
    case "same":
    case "unreachable":
      return retry(machine, nowMs, random);
  }
}

function bye(machine: Machine, reason: string, nowMs: number, random: number): Step {
  switch (reason) {
    case "session_expired":
    case "signed_out":
    case "role_removed":
      return signedOut(machine, reason);
    case "max_age":
      // Nothing is wrong: the next one is opened at once, as long as that does not become a habit.
      if (hasLasted(machine, nowMs)) {
        return { machine: { ...machine, failures: 0, liveSinceMs: null }, effects: reopen };
      }
      return retry(failed(machine, nowMs), nowMs, random);
    default:
      // Shutting down, too slow, or a reason of a later server: resume by the cursor, after a while.
      return retry(failed(machine, nowMs), nowMs, random);
  }
}

function signedOut(machine: Machine, reason: SignedOutReason): Step {
  return {
    machine: { ...machine, live: { kind: "signed-out", reason }, liveSinceMs: null },
    effects: [{ kind: "close" }, { kind: "stop-polling" }],
  };
}

function polled(machine: Machine, ok: boolean): Step {
  const { kind } = machine.live;
  if (kind === "live" || kind === "catching-up") return { machine, effects: [] };
  if (ok) return { machine: { ...machine, live: { kind: "polling" } }, effects: [] };
  if (kind !== "polling") return { machine, effects: [] };
  const live: Live = { kind: "reconnecting", atMs: machine.retryAtMs };
  return { machine: { ...machine, live }, effects: [] };
}
