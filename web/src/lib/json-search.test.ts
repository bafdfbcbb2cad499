// Searching a payload.
import { expect, test } from "vitest";
import { Outline } from "./json-outline";
import { type Match, matchesBetween, searchOutline, searchText } from "./json-search";

function found(json: string, query: string): string[] {
  const outline = new Outline(json);
  const matches = [...searchOutline(outline, query)].filter((match) => match !== null);
  return matches.map((match) => {
    const text = match.part === "name" ? outline.name(match.node) : outline.value(match.node);
    return `${match.node}:${match.part}:${text?.slice(match.start, match.start + match.length)}`;
  });
}

test("finds names and values without regard to case, in order, each occurrence", () => {
  expect(found('{"Cost":"the cost, the COST","n":12.50,"ok":true}', "cost")).toEqual([
    "1:name:Cost",
    "1:value:cost",
    "1:value:COST",
  ]);
  expect(found("[1,12,true,null]", "1")).toEqual(["1:value:1", "2:value:1"]);
  expect(found("[1,12,true,null]", "nul")).toEqual(["4:value:nul"]);
});

test("sees what a reader sees: escapes are decoded, brackets and commas are not text", () => {
  expect(found('{"a":"ol\\u00e9 \\"x\\"","b":[]}', 'É "')).toEqual(['1:value:é "']);
  expect(found('{"a":[1,2]}', "[")).toEqual([]);
  expect(found('["\\n"]', "\\n")).toEqual([]);
});

test("a query is a text, not a pattern", () => {
  expect(found('["a.c","abc","(+)"]', "a.c")).toEqual(["1:value:a.c"]);
  expect(found('["a.c","abc","(+)"]', "(+)")).toEqual(["3:value:(+)"]);
});

test("the matches of a part and range, also where one begins before it", () => {
  const at = (node: number, part: Match["part"], start: number) => ({
    node,
    part,
    start,
    length: 4,
  });
  const matches = [at(1, "name", 0), at(2, "name", 0), at(2, "value", 8), at(2, "value", 20)];
  const value = { node: 2, part: "value" } as const;
  expect(matchesBetween(matches, value, 10, 20)).toEqual([at(2, "value", 8)]);
  expect(matchesBetween(matches, value, 12, 21)).toEqual([at(2, "value", 20)]);
  expect(matchesBetween(matches, { node: 2, part: "name" }, 0, 9)).toEqual([at(2, "name", 0)]);
  expect(matchesBetween(matches, { node: 3, part: "value" }, 0, 9)).toEqual([]);
});

test("a text is searched as a whole", () => {
  expect([...searchText("ab AB", "ab")]).toEqual([
    { node: 0, part: "value", start: 0, length: 2 },
    { node: 0, part: "value", start: 3, length: 2 },
  ]);
});
