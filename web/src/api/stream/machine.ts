// The life of the stream as a pure state machine: inputs go in, a new state and effects come out.
// It knows neither EventSource nor timers nor the clock, so that every way of failing can be tested.
//
// On any failure it takes over from EventSource, whose own retries are invisible and stop for good on
// a status other than 200. A stream that was refused is told from a network that is away by asking
// who is signed in.
import { backoffMs } from "@/lib/backoff";
import type { Live, SignedOutReason } from "./messages";

export type Machine = { live: Live; failures: number };

export type Input =
  | { kind: "start" }
  | { kind: "opened" }
  | { kind: "ready" }
  /** `refused` when EventSource gave up for good (`readyState === CLOSED`). */
  | { kind: "lost"; refused: boolean }
  | { kind: "me"; answer: "signed-in" | "signed-out" | "role-changed" | "unreachable" }
  | { kind: "bye"; reason: string }
  | { kind: "polled"; ok: boolean }
  | { kind: "retry-due" };

export type Effect =
  | { kind: "open" }
  | { kind: "close" }
  | { kind: "ask-me" }
  | { kind: "wait"; ms: number }
  | { kind: "poll" }
  | { kind: "stop-polling" };

export type Step = { machine: Machine; effects: Effect[] };

export const begin: Machine = { live: { kind: "connecting" }, failures: 0 };

// Two quick attempts cover a restart of the server; after them a proxy that breaks streams is likely.
const failuresBeforePolling = 3;

export function step(machine: Machine, input: Input, nowMs: number, random: number): Step {
  if (machine.live.kind === "signed-out" && input.kind !== "start") return { machine, effects: [] };
  switch (input.kind) {
    case "start":
      return { machine: begin, effects: [{ kind: "close" }, { kind: "open" }] };
    case "opened":
      return { machine: { ...machine, live: { kind: "catching-up" } }, effects: [] };
    case "ready":
      return {
        machine: { live: { kind: "live" }, failures: 0 },
        effects: [{ kind: "stop-polling" }],
      };
    case "lost":
      return lost(machine, input.refused, nowMs, random);
    case "me":
      return answered(machine, input.answer, nowMs, random);
    case "bye":
      return bye(machine, input.reason, nowMs, random);
    case "polled":
      return polled(machine, input.ok, nowMs);
    case "retry-due":
      return { machine, effects: [{ kind: "open" }] };
  }
}

function lost(machine: Machine, refused: boolean, nowMs: number, random: number): Step {
  const failed = { ...machine, failures: machine.failures + 1 };
  if (!refused) return retry(failed, nowMs, random);
  const live: Live =
    machine.live.kind === "polling" ? machine.live : { kind: "reconnecting", atMs: nowMs };
  return { machine: { ...failed, live }, effects: [{ kind: "close" }, { kind: "ask-me" }] };
}

function retry(machine: Machine, nowMs: number, random: number): Step {
  const ms = backoffMs(Math.max(1, machine.failures), random);
  const effects: Effect[] = [{ kind: "close" }, { kind: "wait", ms }];
  if (machine.failures >= failuresBeforePolling) effects.push({ kind: "poll" });
  const live: Live =
    machine.live.kind === "polling" ? machine.live : { kind: "reconnecting", atMs: nowMs + ms };
  return { machine: { ...machine, live }, effects };
}

function answered(
  machine: Machine,
  answer: "signed-in" | "signed-out" | "role-changed" | "unreachable",
  nowMs: number,
  random: number,
): Step {
  if (answer === "signed-out") return signedOut(machine, "session_expired");
  if (answer === "role-changed") return signedOut(machine, "role_removed");
  return retry(machine, nowMs, random);
}

function bye(machine: Machine, reason: string, nowMs: number, random: number): Step {
  switch (reason) {
    case "session_expired":
    case "signed_out":
    case "role_removed":
      return signedOut(machine, reason);
    default:
      // Shutting down, too old, too slow, or a reason of a later server: resume by the cursor.
      return retry(machine, nowMs, random);
  }
}

function signedOut(machine: Machine, reason: SignedOutReason): Step {
  return {
    machine: { ...machine, live: { kind: "signed-out", reason } },
    effects: [{ kind: "close" }, { kind: "stop-polling" }],
  };
}

function polled(machine: Machine, ok: boolean, nowMs: number): Step {
  const { kind } = machine.live;
  if (kind === "live" || kind === "catching-up") return { machine, effects: [] };
  if (ok) return { machine: { ...machine, live: { kind: "polling" } }, effects: [] };
  if (kind !== "polling") return { machine, effects: [] };
  return { machine: { ...machine, live: { kind: "reconnecting", atMs: nowMs } }, effects: [] };
}
