// Rejections in words.
import { expect, test } from "vitest";
import { wordsFor } from "./rejection-words";

test("a known code has words of its own, one of a later server stays readable", () => {
  expect(wordsFor("invalid_signature", "llm").title).toBe("The signature does not fit");
  expect(wordsFor("unknown_key_id", "llm").title).toBe("Unknown key id");
  expect(wordsFor("constructor", "llm").title).toBe("Constructor");
});

test("where nothing is signed, the source is to blame", () => {
  expect(wordsFor(null, "llm").what).toContain("source llm has no secret");
});
