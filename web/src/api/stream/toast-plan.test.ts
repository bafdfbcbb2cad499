// Which callbacks share a toast.
import { expect, test } from "vitest";
import type { HistoryItem } from "../types";
import { noToasts, planToasts } from "./toast-plan";

let next = 1;

function item(jobId: string | null, signatureValid = true): HistoryItem {
  const cursor = String(next++);
  return {
    id: `id-${cursor}`,
    cursor,
    source: "llm",
    callbackId: jobId ?? `rejected-${cursor}`,
    jobId,
    workflowName: "w",
    eventType: "e",
    status: "processed",
    errorMessage: null,
    signatureValid,
    rejection: signatureValid ? null : "Invalid signature",
    payloadPreview: "{}",
    costUsd: null,
    totalTokens: null,
    durationMs: null,
    deliveryCount: 1,
    createdAt: "2026-05-01T12:00:00Z",
    viewedByCurrentUser: false,
  };
}

test("one job within five seconds is one toast, later it is another", () => {
  const first = planToasts(noToasts, [item("a"), item("a")], 0);
  expect(first.orders).toMatchObject([{ kind: "callback", count: 2 }]);
  const soon = planToasts(first.memory, [item("a")], 4_000);
  expect(soon.orders).toMatchObject([{ key: first.orders[0]?.key, count: 3 }]);
  const later = planToasts(soon.memory, [item("a")], 9_500);
  expect(later.orders).toMatchObject([{ kind: "callback", count: 1 }]);
  expect(later.orders[0]?.key).not.toBe(first.orders[0]?.key);
});

test("a burst is one toast, and what follows counts up in it", () => {
  const burst = planToasts(
    noToasts,
    ["a", "b", "c", "d"].map((job) => item(job)),
    0,
  );
  expect(burst.orders).toMatchObject([{ kind: "burst", count: 4 }]);
  const more = planToasts(burst.memory, [item("e")], 2_000);
  expect(more.orders).toMatchObject([{ kind: "burst", key: burst.orders[0]?.key, count: 5 }]);
  expect(planToasts(more.memory, [item("f")], 20_000).orders).toMatchObject([{ kind: "callback" }]);
});

test("no more than three stay on screen: the fourth makes it a burst", () => {
  const three = planToasts(
    noToasts,
    ["a", "b", "c"].map((job) => item(job)),
    0,
  );
  expect(three.orders).toHaveLength(3);
  expect(planToasts(three.memory, [item("d")], 1_000).orders).toMatchObject([{ kind: "burst" }]);
});

test("rejects are one red toast of their own", () => {
  const { orders } = planToasts(noToasts, [item(null, false), item("a"), item(null, false)], 0);
  expect(orders).toMatchObject([
    { kind: "invalid", count: 2 },
    { kind: "callback", count: 1 },
  ]);
});

test("nothing becomes nothing", () => {
  expect(planToasts(noToasts, [], 0).orders).toEqual([]);
});
