// Every way a stream can start, fail, come back and end.
import { expect, test } from "vitest";
import { begin, type Input, type Machine, step } from "./machine";

const start = 1_000_000;
const longMs = 60_000;

/** Runs inputs one after the other, each so many milliseconds after the last; answers the last effects. */
function run(inputs: Input[], from: Machine = begin, gapMs = longMs) {
  let machine = from;
  let effects: string[] = [];
  let nowMs = start;
  for (const input of inputs) {
    nowMs += gapMs;
    const next = step(machine, input, nowMs, 0);
    machine = next.machine;
    effects = next.effects.map((effect) => effect.kind);
  }
  return { machine, live: machine.live, kind: machine.live.kind, effects, nowMs };
}

const connected: Input[] = [{ kind: "start" }, { kind: "opened" }, { kind: "ready" }];
const dropped: Input = { kind: "lost", refused: false };
const refused: Input = { kind: "lost", refused: true };
const due: Input = { kind: "retry-due" };
const polling: Input[] = [
  { kind: "start" },
  dropped,
  dropped,
  dropped,
  { kind: "polled", ok: true },
];

test("opens, catches up, is live", () => {
  expect(run([{ kind: "start" }]).effects).toEqual(["close", "open"]);
  expect(run(connected.slice(0, 2)).kind).toBe("catching-up");
  expect(run(connected).kind).toBe("live");
});

test("a dropped connection is tried again after a jittered wait", () => {
  const { live, effects, nowMs } = run([...connected, dropped]);
  expect(live).toEqual({ kind: "reconnecting", atMs: nowMs + 500 });
  expect(effects).toEqual(["close", "wait"]);
  const again = run([...connected, dropped, due]);
  expect(again.effects).toEqual(["close", "open"]);
  expect(again.live).toEqual({ kind: "reconnecting", atMs: again.nowMs });
});

test("waits longer after each failure, and briefly again after a stream that lasted", () => {
  const wait = (inputs: Input[], gapMs?: number) => {
    const { live, nowMs } = run(inputs, begin, gapMs);
    return live.kind === "reconnecting" ? live.atMs - nowMs : null;
  };
  expect(wait([...connected, dropped, due, dropped])).toBe(1_000);
  expect(wait([...connected, dropped, due, dropped, due, ...connected.slice(1), dropped])).toBe(
    500,
  );
});

test("streams that end at once are failures too, and polling begins", () => {
  const flapping: Input[] = [1, 2, 3].flatMap(() => [...connected.slice(1), dropped, due]);
  expect(run([{ kind: "start" }, ...flapping.slice(0, -1)], begin, 1_000).effects).toEqual([
    "close",
    "wait",
    "poll",
  ]);
});

test("a stream that stopped for good asks who is signed in", () => {
  expect(run([...connected, refused]).effects).toEqual(["close", "ask-me"]);
  for (const answer of ["same", "unreachable"] as const) {
    expect(run([...connected, refused, { kind: "me", answer }]).effects).toContain("wait");
  }
});

test.each([
  ["signed-out", "session_expired"],
  ["other-role", "role_removed"],
] as const)("%s ends it", (answer, reason) => {
  const ended = run([...connected, refused, { kind: "me", answer }]);
  expect(ended.live).toEqual({ kind: "signed-out", reason });
  expect(ended.effects).toEqual(["close", "stop-polling"]);
});

test("polls while the stream cannot be had, and stops when it can", () => {
  expect(run(polling.slice(0, 4)).effects).toEqual(["close", "wait", "poll"]);
  expect(run(polling).kind).toBe("polling");
  const back = run([...polling, due, { kind: "opened" }, { kind: "ready" }]);
  expect(back.kind).toBe("live");
  expect(back.effects).toEqual(["stop-polling"]);
});

test("an attempt that fails does not make polling flicker", () => {
  for (const inputs of [
    [due, dropped],
    [due, refused, { kind: "me", answer: "same" }],
    // A proxy that lets the head through and keeps the rest.
    [due, { kind: "opened" }],
  ] satisfies Input[][]) {
    expect(run([...polling, ...inputs]).kind).toBe("polling");
  }
});

test("when polling fails too, the next attempt is what is waited for", () => {
  const { live, machine } = run([...polling, { kind: "polled", ok: false }]);
  expect(live).toEqual({ kind: "reconnecting", atMs: machine.retryAtMs });
});

test.each(["session_expired", "signed_out", "role_removed"])("bye %s signs out", (reason) => {
  expect(run([...connected, { kind: "bye", reason }]).live).toEqual({ kind: "signed-out", reason });
});

test.each(["shutting_down", "slow", "of a later server"])("bye %s resumes later", (reason) => {
  expect(run([...connected, { kind: "bye", reason }]).effects).toEqual(["close", "wait"]);
});

test("bye max_age resumes at once, but not for ever", () => {
  const bye: Input = { kind: "bye", reason: "max_age" };
  const { effects, kind } = run([...connected, bye]);
  expect([effects, kind]).toEqual([["close", "open"], "live"]);
  expect(run([...connected, bye], begin, 1_000).effects).toEqual(["close", "wait"]);
});

test("whoever wakes up opens another stream, whatever was before", () => {
  const woke: Input = { kind: "woke" };
  const fromLive = run([...connected, woke]);
  expect([fromLive.effects, fromLive.kind]).toEqual([["close", "open"], "catching-up"]);
  const waiting = run([...connected, dropped, due, dropped, woke]);
  expect([waiting.effects, waiting.machine.failures]).toEqual([["close", "open"], 0]);
  expect(waiting.live).toEqual({ kind: "reconnecting", atMs: waiting.nowMs });
  expect(run([...polling, woke]).kind).toBe("polling");
});

test("signed out stays so until it is started again", () => {
  const out: Input[] = [...connected, { kind: "bye", reason: "signed_out" }];
  for (const input of [dropped, due, { kind: "ready" }, { kind: "woke" }] satisfies Input[]) {
    expect(run([...out, input])).toMatchObject({ kind: "signed-out", effects: [] });
  }
  expect(run([...out, { kind: "start" }]).kind).toBe("connecting");
});
