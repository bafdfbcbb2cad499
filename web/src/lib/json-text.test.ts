// JSON read without loss.
import { expect, test } from "vitest";
import { readJson } from "./json-text";

test("keeps numbers as written, the order of members, and repeated names", () => {
  const node = readJson('{"b":12345678901234567890,"1":1.0e400,"b":-0}');
  expect(node).toEqual({
    kind: "object",
    members: [
      { name: "b", value: { kind: "number", source: "12345678901234567890" } },
      { name: "1", value: { kind: "number", source: "1.0e400" } },
      { name: "b", value: { kind: "number", source: "-0" } },
    ],
  });
});

test.each([
  '{"a":[1,{"b":null},true,false,[]],"c":{}}',
  ' [ "\\u0000" , "\\ud83d" , "\\"\\\\" ] \n',
  '"plain"',
  "-1.5E+3",
])("reads what JSON.parse reads: %s", (text) => {
  expect(plain(readJson(text))).toEqual(JSON.parse(text));
});

test.each(["", "{", "[1,]", '{"a"}', "01", "nul", "[1] 2", '"\n"', "{'a':1}"])(
  "refuses what is not JSON: %s",
  (text) => expect(() => readJson(text)).toThrow(SyntaxError),
);

test("reads a megabyte", () => {
  const text = JSON.stringify(Array.from({ length: 60_000 }, (_, index) => ({ index })));
  expect(plain(readJson(text))).toHaveLength(60_000);
});

function plain(node: ReturnType<typeof readJson>): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.members.map(({ name, value }) => [name, plain(value)]));
    case "array":
      return node.items.map(plain);
    case "number":
      return Number(node.source);
    case "null":
      return null;
    default:
      return node.value;
  }
}
