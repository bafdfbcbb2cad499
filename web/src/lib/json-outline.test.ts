// JSON read without loss, and without a limit to its size that a callback could reach.
import { expect, test } from "vitest";
import { Outline } from "./json-outline";

test("keeps numbers as written, the order of members, and repeated names", () => {
  const outline = new Outline('{"b":12345678901234567890,"1":1.0e400,"b":-0}');
  const members = [1, 2, 3].map((node) => [outline.name(node), outline.value(node)]);
  expect(members).toEqual([
    ["b", "12345678901234567890"],
    ["1", "1.0e400"],
    ["b", "-0"],
  ]);
});

test("knows what lies inside what", () => {
  const outline = new Outline(' {"a":[1,{"b":null},[]] , "c":{}}');
  const facts = Array.from({ length: outline.size }, (_, node) => [
    outline.kind(node),
    outline.parent(node),
    outline.depth(node),
    outline.ordinal(node),
    outline.count(node),
    outline.after(node),
  ]);
  expect(facts).toEqual([
    ["object", -1, 0, 0, 2, 7],
    ["array", 0, 1, 0, 3, 6],
    ["number", 1, 2, 0, 0, 3],
    ["object", 1, 2, 1, 1, 5],
    ["null", 3, 3, 0, 0, 5],
    ["array", 1, 2, 2, 0, 6],
    ["object", 0, 1, 1, 0, 7],
  ]);
  expect(outline.source(1)).toBe('[1,{"b":null},[]]');
  expect(outline.source(1, 4)).toBe("[1,{");
});

test.each([
  '{"a":[1,{"b":null},true,false,[]],"c":{}}',
  ' [ "\\u0000" , "\\ud83d" , "\\"\\\\" , "é毒😀" ] \n',
  '{"":"","\\n":[[[0]]],"a\\u0062":-1.5E+3}',
  '"plain"',
  "0",
])("reads what JSON.parse reads: %s", (text) => {
  const outline = new Outline(text);
  expect(plain(outline, 0)).toEqual(JSON.parse(text));
});

test.each([
  "",
  " ",
  "{",
  "[1,]",
  '{"a"}',
  '{"a":1,}',
  '{"a" 1}',
  "01",
  "-",
  "1.",
  "1e",
  ".5",
  "nul",
  "[1] 2",
  "[1}",
  '"\n"',
  '"\\x"',
  '"\\u12g4"',
  '"open',
  "{'a':1}",
])("refuses what is not JSON: %s", (text) => {
  expect(() => new Outline(text)).toThrow(SyntaxError);
});

test("reads a million items, and nesting that would overflow a stack", () => {
  const wide = new Outline(`[${"0,".repeat(999_999)}0]`);
  expect([wide.size, wide.count(0), wide.ordinal(1_000_000)]).toEqual([
    1_000_001, 1_000_000, 999_999,
  ]);
  const deep = new Outline("[".repeat(50_000) + "]".repeat(50_000));
  expect([deep.size, deep.depth(49_999), deep.after(0)]).toEqual([50_000, 49_999, 50_000]);
});

function plain(outline: Outline, node: number): unknown {
  switch (outline.kind(node)) {
    case "object":
      return Object.fromEntries(
        children(outline, node).map((child) => [outline.name(child), plain(outline, child)]),
      );
    case "array":
      return children(outline, node).map((child) => plain(outline, child));
    case "string":
      return outline.value(node);
    default:
      return JSON.parse(outline.value(node));
  }
}

function children(outline: Outline, node: number): number[] {
  const found: number[] = [];
  for (let child = node + 1; child < outline.after(node); child = outline.after(child)) {
    found.push(child);
  }
  return found;
}
