// Long texts in pieces.
import { expect, test } from "vitest";
import { pieceAt, piecesOf } from "./text-pieces";

test.each([
  ["empty", ""],
  ["short", "a\nb"],
  ["without a place to cut", "x".repeat(10_000)],
  ["lines", "a line of text\n".repeat(1_000)],
  ["words", "word ".repeat(3_000)],
  ["pairs", `a${"😀".repeat(5_000)}`],
])("together they are the whole: %s", (_, text) => {
  const pieces = piecesOf(text);
  expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  for (const piece of pieces) {
    expect(text.startsWith(piece.text, piece.start)).toBe(true);
    expect(piece.text.length).toBeLessThanOrEqual(2_000);
  }
});

test("cuts behind lines, then behind words, and never within a character", () => {
  expect(piecesOf("a line of text\n".repeat(400)).every(({ text }) => text.endsWith("\n"))).toBe(
    true,
  );
  expect(piecesOf("word ".repeat(900)).every(({ text }) => text.endsWith(" "))).toBe(true);
  for (const { text } of piecesOf(`a${"😀".repeat(5_000)}`))
    expect(() => encodeURI(text)).not.toThrow();
});

test("finds the piece of a place", () => {
  const text = "some words ".repeat(1_000);
  const pieces = piecesOf(text);
  for (const place of [0, 1_999, 2_000, 5_555, text.length - 1]) {
    const piece = pieces[pieceAt(pieces, place)];
    expect(place - (piece?.start ?? Number.NaN)).toBeLessThan(piece?.text.length ?? 0);
  }
});
