// What toasts say.
import { expect, test } from "vitest";
import { anItem } from "@/api/stream/an-item";
import type { ToastOrder } from "@/api/stream/messages";
import { beginning, bodyOf, causeOf, isOneCallback, spokenOf, subtitleOf, titleOf } from "./words";

const order = (about: Partial<ToastOrder>): ToastOrder => ({
  key: "k",
  kind: "callback",
  count: 1,
  more: false,
  item: anItem({ workflowName: "report", eventType: "workflow.completed" }),
  ...about,
});

test.each<[Partial<ToastOrder>, string]>([
  [{}, "New LLM callback received"],
  [{ count: 3 }, "3 new LLM callbacks received"],
  [{ kind: "burst", count: 1_200 }, "1,200 new LLM callbacks received"],
  [{ kind: "burst", count: 500, more: true }, "500+ new LLM callbacks received"],
  [{ kind: "invalid" }, "Invalid signature – security alert"],
  [{ kind: "invalid", count: 7 }, "7 invalid signatures – security alert"],
])("%j is titled %s", (about, title) => {
  expect(titleOf(order(about))).toBe(title);
});

test("names workflow and event, or what there is of them", () => {
  expect(subtitleOf(order({}))).toBe("report – workflow.completed");
  expect(subtitleOf(order({ kind: "burst", count: 2 }))).toBe(
    "Latest: report – workflow.completed",
  );
  const nameless = anItem({ workflowName: null, eventType: null, source: "llm" });
  expect(subtitleOf(order({ item: nameless }))).toBe("llm");
});

test.each<[Partial<ToastOrder>, string]>([
  [{}, "New callback: report, workflow.completed"],
  [{ kind: "burst", count: 7 }, "7 new callbacks. Latest: report, workflow.completed"],
  [
    { kind: "burst", count: 500, more: true },
    "500 or more new callbacks. Latest: report, workflow.completed",
  ],
  [
    { kind: "invalid" },
    "Security alert: a callback was not signed as it should. report, workflow.completed",
  ],
  [
    { kind: "invalid", count: 2 },
    "Security alert: 2 callbacks were not signed as they should. Latest: report, workflow.completed",
  ],
])("%j is told as %s", (about, spoken) => {
  expect(spokenOf(order(about))).toBe(spoken);
});

test("says why a callback did not verify, once that is known", () => {
  const about = { workflowName: "report", eventType: null, signatureValid: false } as const;
  const unknown = order({ kind: "invalid", item: anItem(about) });
  expect([causeOf(unknown), bodyOf(unknown)]).toEqual([null, "report\n{}"]);
  const known = order({ kind: "invalid", item: anItem({ ...about, cause: "secret_retired" }) });
  expect(causeOf(known)).toBe("A retired secret");
  expect(bodyOf(known)).toBe("report\nA retired secret\n{}");
  expect(spokenOf(known)).toMatch(/should\. report\. A retired secret$/);
});

test("shows eighty characters, whole ones, and what is hidden in them", () => {
  expect(beginning("x".repeat(80))).toBe("x".repeat(80));
  expect(beginning("😀".repeat(81))).toBe(`${"😀".repeat(80)}…`);
  expect(beginning("a\u202Eb")).toBe("a⟨U+202E⟩b");
});

test("a job's toast leads to its latest callback, a burst's to the list", () => {
  expect(isOneCallback(order({ count: 3 }))).toBe(true);
  expect(isOneCallback(order({ kind: "burst", count: 3 }))).toBe(false);
  expect(isOneCallback(order({ kind: "invalid", count: 1 }))).toBe(true);
  expect(isOneCallback(order({ kind: "burst", count: 1, more: true }))).toBe(false);
});
