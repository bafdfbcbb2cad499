// The order of cursors.
import { expect, test } from "vitest";
import { compareCursors, laterCursor } from "./cursor";

test("cursors compare as numbers of any size", () => {
  const cursors = ["10", "9", "9007199254740993", "9007199254740992", "0"];
  expect(cursors.sort(compareCursors)).toEqual([
    "0",
    "9",
    "10",
    "9007199254740992",
    "9007199254740993",
  ]);
  expect(laterCursor("99", "100")).toBe("100");
});
