// Which callbacks share a toast.
import { expect, test } from "vitest";
import { anItem } from "./an-item";
import { noToasts, planToasts } from "./toast-plan";

const item = (jobId: string) => anItem({ jobId });
const reject = () => anItem({ jobId: null, signatureValid: false });

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
  const { orders } = planToasts(noToasts, [reject(), item("a"), reject()], 0);
  expect(orders).toMatchObject([
    { kind: "invalid", count: 2 },
    { kind: "callback", count: 1 },
  ]);
});

test("nothing becomes nothing", () => {
  expect(planToasts(noToasts, [], 0).orders).toEqual([]);
});

test("what an admin has accepted is no alarm", () => {
  const accepted = anItem({ jobId: "a", signatureValid: false, accepted: true });
  expect(planToasts(noToasts, [accepted], 0).orders).toMatchObject([{ kind: "callback" }]);
  expect(planToasts(noToasts, [reject()], 0).orders).toMatchObject([{ kind: "invalid" }]);
});
