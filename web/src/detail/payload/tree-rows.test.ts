// The rows of a payload's tree.
import { expect, test } from "vitest";
import { Outline } from "@/lib/json-outline";
import {
  canOpen,
  isLong,
  openAll,
  openAtFirstSight,
  openNone,
  TreeRows,
  withInSight,
  withOpen,
} from "./tree-rows";

const columns = 60;
const text = "word ".repeat(900);
const outline = new Outline(
  JSON.stringify({ a: [1, { b: null }], empty: {}, long: text, lines: "one\ntwo", last: 0 }),
);
const [root, a, one, holder, b, empty, long, lines, last] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

function shown(rows: TreeRows): string[] {
  return Array.from({ length: rows.count }, (_, index) => {
    const { node, part } = rows.row(index);
    return `${node}.${part}`;
  });
}

test("a closed node hides what lies in it, an open text has its pieces", () => {
  const none = openNone(outline);
  expect(shown(new TreeRows(outline, none, columns))).toEqual(
    [root, a, empty, long, lines, last].map((node) => `${node}.0`),
  );
  const some = withOpen(withOpen(none, a, true), long, true);
  expect(shown(new TreeRows(outline, some, columns))).toEqual([
    "0.0",
    "1.0",
    "2.0",
    "3.0",
    "5.0",
    "6.0",
    "6.1",
    "6.2",
    "6.3",
    "7.0",
    "8.0",
  ]);
  expect(shown(new TreeRows(outline, openAll(outline), columns))).toHaveLength(9 + 3 + 1);
});

test("rows are found, and those out of sight by the nearest before them", () => {
  const rows = new TreeRows(outline, withOpen(openNone(outline), long, true), columns);
  for (let index = 0; index < rows.count; index += 1) {
    expect(rows.indexOf(rows.row(index))).toBe(index);
  }
  expect(rows.indexOf({ node: b, part: 0 })).toBe(rows.indexOf({ node: a, part: 0 }));
  expect(rows.isOpen(root) && rows.isOpen(long)).toBe(true);
  expect(rows.isOpen(a) || rows.isOpen(empty) || rows.isOpen(last)).toBe(false);
  expect(rows.piece({ node: long, part: 2 }).start).toBe(2_000);
});

test("what can be opened is what has more to show than its line", () => {
  const opens = (node: number) => canOpen(outline, node, columns);
  expect([root, a, holder, long, lines].every(opens)).toBe(true);
  expect([one, b, empty, last].some(opens)).toBe(false);
});

test("a text is long when it does not fit the line, wide characters counted twice", () => {
  const fits = (value: string) => !isLong(new Outline(JSON.stringify([value])), 1, 50);
  expect(fits("x".repeat(35)) && fits("毒".repeat(17))).toBe(true);
  expect(fits("x".repeat(60)) || fits("毒".repeat(30)) || fits("a\nb")).toBe(false);
});

test("revealing a node opens all that it lies in", () => {
  const rows = new TreeRows(outline, withInSight(outline, openNone(outline), b), columns);
  expect(rows.row(rows.indexOf({ node: b, part: 0 }))).toEqual({ node: b, part: 0 });
});

test("at first sight a large list stays closed", () => {
  const large = new Outline(JSON.stringify({ few: [1, 2], many: Array(100_000).fill(0) }));
  expect(new TreeRows(large, openAtFirstSight(large), columns).count).toBe(5);
});
