// What is found by a few words, and in which order.
import { expect, test } from "vitest";
import { findByWords } from "./words";

const commands = [
  "Go to Settings",
  "Settings: Sessions",
  "Sign out",
  "Export as JSON",
  "Mark all viewed",
];
const find = (query: string) => findByWords(commands, query, (command) => command);

test("nothing typed finds everything, in its order", () => {
  expect(find("")).toEqual(commands);
  expect(find("  ")).toEqual(commands);
});

test("every word must be there, in any order and case", () => {
  expect(find("ALL mark")).toEqual(["Mark all viewed"]);
  expect(find("mark nothing")).toEqual([]);
});

test("what begins with the words comes first, then what has a word that does", () => {
  expect(find("se")).toEqual(["Settings: Sessions", "Go to Settings"]);
  expect(find("on")).toEqual(["Settings: Sessions", "Export as JSON"]);
});
