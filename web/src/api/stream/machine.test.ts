// Every way a stream can start, fail, come back and end.
import { expect, test } from "vitest";
import { begin, type Input, type Machine, step } from "./machine";

const now = 1_000_000;

/** Runs inputs one after the other; answers the state and the effects of the last. */
function run(inputs: Input[], from: Machine = begin) {
  let machine = from;
  let effects: string[] = [];
  for (const input of inputs) {
    const next = step(machine, input, now, 0);
    machine = next.machine;
    effects = next.effects.map((effect) => effect.kind);
  }
  return { live: machine.live, failures: machine.failures, effects };
}

const connected: Input[] = [{ kind: "start" }, { kind: "opened" }, { kind: "ready" }];
const dropped: Input = { kind: "lost", refused: false };
const refused: Input = { kind: "lost", refused: true };

test("opens, catches up, is live", () => {
  expect(run([{ kind: "start" }]).effects).toEqual(["close", "open"]);
  expect(run(connected.slice(0, 2)).live.kind).toBe("catching-up");
  expect(run(connected).live.kind).toBe("live");
});

test("a dropped connection is tried again after a jittered wait", () => {
  const { live, effects } = run([...connected, dropped]);
  expect(live).toEqual({ kind: "reconnecting", atMs: now + 500 });
  expect(effects).toEqual(["close", "wait"]);
  expect(run([...connected, dropped, { kind: "retry-due" }]).effects).toEqual(["open"]);
});

test("a stream that stopped for good asks who is signed in", () => {
  expect(run([...connected, refused]).effects).toEqual(["close", "ask-me"]);
  expect(run([...connected, refused, { kind: "me", answer: "signed-in" }]).effects).toContain(
    "wait",
  );
  expect(run([...connected, refused, { kind: "me", answer: "unreachable" }]).effects).toContain(
    "wait",
  );
});

test.each([
  ["signed-out", "session_expired"],
  ["role-changed", "role_removed"],
] as const)("%s ends it", (answer, reason) => {
  const ended = run([...connected, refused, { kind: "me", answer }]);
  expect(ended.live).toEqual({ kind: "signed-out", reason });
  expect(ended.effects).toEqual(["close", "stop-polling"]);
});

test("polls while the stream cannot be had, and stops when it can", () => {
  const away: Input[] = [{ kind: "start" }, dropped, dropped, dropped];
  expect(run(away).effects).toEqual(["close", "wait", "poll"]);
  const polling: Input[] = [...away, { kind: "polled", ok: true }];
  expect(run(polling).live.kind).toBe("polling");
  // An attempt that fails does not make the state flicker.
  expect(run([...polling, { kind: "retry-due" }, dropped]).live.kind).toBe("polling");
  expect(run([...polling, { kind: "polled", ok: false }]).live.kind).toBe("reconnecting");
  const back = run([...polling, { kind: "retry-due" }, { kind: "opened" }, { kind: "ready" }]);
  expect(back).toEqual({ live: { kind: "live" }, failures: 0, effects: ["stop-polling"] });
});

test.each(["session_expired", "signed_out", "role_removed"])("bye %s signs out", (reason) => {
  expect(run([...connected, { kind: "bye", reason }]).live).toEqual({ kind: "signed-out", reason });
});

test.each(["shutting_down", "max_age", "slow", "of a later server"])("bye %s resumes", (reason) => {
  expect(run([...connected, { kind: "bye", reason }]).effects).toEqual(["close", "wait"]);
});

test("signed out stays so until it is started again", () => {
  const out: Input[] = [...connected, { kind: "bye", reason: "signed_out" }];
  expect(run([...out, dropped, { kind: "retry-due" }, { kind: "ready" }]).live.kind).toBe(
    "signed-out",
  );
  expect(run([...out, { kind: "start" }]).live.kind).toBe("connecting");
});
