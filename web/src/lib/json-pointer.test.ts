// Pointers as RFC 6901 spells them.
import { expect, test } from "vitest";
import { Outline } from "./json-outline";
import { pointerTo } from "./json-pointer";

test("names members, items, and what needs an escape", () => {
  const outline = new Outline('{"foo":["bar","baz"],"":0,"a/b":1,"m~n":2," ":3,"\\u0065":4}');
  const pointers = Array.from({ length: outline.size }, (_, node) => pointerTo(outline, node));
  expect(pointers).toEqual(["", "/foo", "/foo/0", "/foo/1", "/", "/a~1b", "/m~0n", "/ ", "/e"]);
});
