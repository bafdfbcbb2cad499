// What is announced, when, and how loudly. Positions are the real ones, which live in memory here.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defaults, type Preferences } from "../preferences/document";
import type { HistoryItem } from "../types";
import { anItem } from "./an-item";
import type { Alert, Announcement } from "./messages";
import { openPositions } from "./positions";
import { Toaster } from "./toaster";

beforeEach(() => vi.useFakeTimers({ now: new Date(2026, 4, 1, 12, 0) }));
afterEach(() => vi.useRealTimers());

const inSight = { watches: true, notifies: false };
const outOfSight = { watches: false, notifies: false };

function aToaster(preferences: Preferences = defaults) {
  const said: Announcement[] = [];
  const alerts: Alert[] = [];
  const positions = openPositions("ADMIN:ada", Date.now);
  const toaster = new Toaster(positions, async () => preferences, {
    announce: (announcement) => said.push(announcement),
    alert: (alert) => alerts.push(alert),
  });
  const bring = async (items: HistoryItem[], more = false) => {
    toaster.add(items, more);
    toaster.soon();
    await vi.advanceTimersByTimeAsync(300);
  };
  const orders = () =>
    said.map(({ on, orders: all }) => [on, ...all.map(({ kind, count }) => `${kind} ${count}`)]);
  return { toaster, bring, said, alerts, orders };
}

const items = (count: number) => Array.from({ length: count }, () => anItem());

test("what arrives together is one decision", async () => {
  const { toaster, bring, orders } = aToaster();
  toaster.add(items(2), false);
  await bring(items(3));
  expect(orders()).toEqual([["page", "burst 5"]]);
});

test("nothing is announced twice, by whichever way it comes", async () => {
  const { bring, orders } = aToaster();
  const same = items(1);
  await bring(same);
  await bring(same);
  expect(orders()).toHaveLength(1);
});

test("what is muted, or seen already, is not announced", async () => {
  const muted = { mode: "except", names: ["noisy"] } as const;
  const { bring, orders } = aToaster({
    ...defaults,
    toasts: { ...defaults.toasts, sources: { ...muted, names: [...muted.names] } },
  });
  await bring([anItem({ source: "noisy" }), anItem({ viewedByCurrentUser: true })]);
  expect(orders()).toEqual([]);
  await bring([anItem({ source: "noisy" }), anItem()]);
  expect(orders()).toEqual([["page", "callback 1"]]);
});

test("what comes while nobody looks waits, and is one decision then", async () => {
  const { toaster, bring, orders } = aToaster();
  toaster.setAudience(outOfSight);
  for (const item of items(5)) await bring([item]);
  expect(orders()).toEqual([]);
  toaster.setAudience(inSight);
  expect(orders()).toEqual([["page", "burst 5"]]);
  toaster.setAudience(outOfSight);
  toaster.setAudience(inSight);
  expect(orders()).toHaveLength(1);
});

test("what was seen or deleted elsewhere meanwhile does not wait", async () => {
  const { toaster, bring, orders } = aToaster();
  toaster.setAudience(outOfSight);
  const [seen, gone, old, kept] = [anItem(), anItem(), anItem(), anItem()];
  await bring([seen, gone, old, kept]);
  toaster.follow({ kind: "viewed", what: { ids: [seen.id] }, unviewedCount: 3 });
  toaster.follow({ kind: "deleted", ids: [gone.id] });
  toaster.follow({ kind: "viewed", what: { through: old.cursor }, unviewedCount: 1 });
  toaster.setAudience(inSight);
  expect(orders()).toEqual([["page", "callback 1"]]);
});

test("the desktop is told while nobody looks, and the page not a second time", async () => {
  const { toaster, bring, orders } = aToaster({ ...defaults, desktop: { on: true } });
  toaster.setAudience({ watches: false, notifies: true });
  await bring(items(1));
  toaster.setAudience({ watches: true, notifies: true });
  expect(orders()).toEqual([["desktop", "callback 1"]]);
  await bring(items(1));
  expect(orders()[1]).toEqual(["page", "callback 1"]);
});

test("a browser that may not notify keeps it for the page", async () => {
  const { toaster, bring, orders } = aToaster({ ...defaults, desktop: { on: true } });
  toaster.setAudience(outOfSight);
  await bring(items(1));
  toaster.setAudience(inSight);
  expect(orders()).toEqual([["page", "callback 1"]]);
});

test("what is found out about a callback before it is announced is announced with it", async () => {
  const { toaster, bring, said } = aToaster();
  const forged = anItem({ signatureValid: false });
  toaster.add([forged], false);
  toaster.follow({ kind: "updated", item: { ...forged, cause: "secret_retired" } });
  await bring([]);
  expect(said[0]?.orders).toMatchObject([{ kind: "invalid", item: { cause: "secret_retired" } }]);
});

test("a sound for each decision, but no noise; another one for what is forged", async () => {
  const { toaster, bring, said } = aToaster({ ...defaults, sound: { on: true, volume: 0.3 } });
  await bring(items(1));
  await bring(items(1));
  await vi.advanceTimersByTimeAsync(2_000);
  toaster.setAudience(outOfSight);
  await bring([anItem({ signatureValid: false })]);
  expect(said.map(({ on, sound }) => [on, sound?.kind, sound?.volume])).toEqual([
    ["page", "chime", 0.3],
    ["page", undefined, undefined],
    ["desktop", "alarm", 0.3],
  ]);
});

test("after a long absence it says that there were more", async () => {
  const { bring, said } = aToaster();
  await bring(items(600), true);
  expect(said[0]?.orders).toMatchObject([{ kind: "burst", count: 500, more: true }]);
});

test("an alert that lasts is shown once, and again when it was raised again", async () => {
  const { toaster, alerts } = aToaster();
  const alert = { kind: "unsigned", severity: "warning", title: "t", detail: "d", at: "1" };
  await toaster.alert(alert);
  await toaster.alert(alert);
  expect(alerts).toHaveLength(1);
  toaster.setAudience(outOfSight);
  await toaster.alert({ ...alert, at: "2" });
  expect(alerts).toHaveLength(1);
  toaster.setAudience(inSight);
  expect(alerts.map(({ at }) => at)).toEqual(["1", "2"]);
});
