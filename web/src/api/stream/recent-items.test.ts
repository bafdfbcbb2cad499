// A bounded list remembers that it was too short.
import { expect, test } from "vitest";
import { anItem } from "./an-item";
import { Recent } from "./recent-items";

const items = (count: number) => Array.from({ length: count }, () => anItem());
const all = items(10);

test("keeps the newest, and says that there were more", () => {
  const recent = new Recent(3);
  for (const item of all) recent.add([item]);
  expect(recent.newest()).toEqual(all.slice(-3));
  expect(recent.take()).toEqual({ items: all.slice(-3), more: true });
  expect(recent.take()).toEqual({ items: [], more: false });
});

test("what fits is all there was", () => {
  const recent = new Recent(10);
  recent.add(all);
  expect(recent.take()).toEqual({ items: all, more: false });
});

test("when only the newest matter, there were no more", () => {
  const recent = new Recent(3);
  recent.add(all);
  recent.keepNewest(2);
  expect(recent.take()).toEqual({ items: all.slice(-2), more: false });
  recent.add(all);
  recent.keepNewest(0);
  expect(recent.take()).toEqual({ items: [], more: false });
});

test("forgets what is gone", () => {
  const recent = new Recent(10);
  recent.add(all);
  recent.forget((item) => item.id !== all[4]?.id);
  expect(recent.newest()).toEqual([all[4]]);
});
