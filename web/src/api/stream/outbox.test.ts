// A tab that nobody sees is told less often, and never something out of order.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { anItem } from "./an-item";
import type { ToTab } from "./messages";
import { Outbox } from "./outbox";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const callbacks = (count: number, live = true): ToTab => ({
  kind: "change",
  change: { kind: "callbacks", items: Array.from({ length: count }, () => anItem()), live },
});

function anOutbox() {
  const sent: string[] = [];
  const outbox = new Outbox((message) => {
    if (message.kind !== "change") sent.push(message.kind);
    else if (message.change.kind === "callbacks")
      sent.push(`${message.change.live ? "live" : "old"} ${message.change.items.length}`);
    else sent.push(message.change.kind);
  });
  return { outbox, sent };
}

test("a tab in sight is told at once", () => {
  const { outbox, sent } = anOutbox();
  outbox.put(callbacks(2), true);
  outbox.put(callbacks(1), true);
  expect(sent).toEqual(["live 2", "live 1"]);
});

test("a hidden one is told once a second", () => {
  const { outbox, sent } = anOutbox();
  for (let round = 0; round < 12; round += 1) {
    outbox.put(callbacks(3), false);
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(1_000);
  expect(sent).toEqual(["live 30", "live 6"]);
});

test("nothing overtakes callbacks, and old are not mixed with new", () => {
  const { outbox, sent } = anOutbox();
  outbox.put(callbacks(1, false), false);
  outbox.put(callbacks(2), false);
  outbox.put({ kind: "change", change: { kind: "deleted", ids: ["a"] } }, false);
  expect(sent).toEqual(["old 1", "live 2", "deleted"]);
});

test("too much for one message becomes a request to load again", () => {
  const { outbox, sent } = anOutbox();
  outbox.put(callbacks(400), false);
  outbox.put(callbacks(400), false);
  outbox.flush();
  expect(sent).toEqual(["reload"]);
});

test("a tab that comes into sight is told what waited", () => {
  const { outbox, sent } = anOutbox();
  outbox.put(callbacks(1), false);
  outbox.flush();
  vi.runAllTimers();
  expect(sent).toEqual(["live 1"]);
});
