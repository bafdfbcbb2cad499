// Hidden characters made visible.
import { expect, test } from "vitest";
import { reveal } from "./reveal";

test("shows bidi controls, zero-width and control characters, and lone surrogates", () => {
  expect(reveal("a\u202Eb")).toBe("a⟨U+202E⟩b");
  expect(reveal("a\u200Bb\u0000c")).toBe("a⟨U+200B⟩b⟨U+0000⟩c");
  expect(reveal("\uD83D!")).toBe("⟨U+D83D⟩!");
  expect(reveal("!\uDE00")).toBe("!⟨U+DE00⟩");
});

test("leaves text alone, with its newlines, tabs and whole surrogate pairs", () => {
  const text = "毒物 <b>not markup</b>\n\t😀 שלום";
  expect(reveal(text)).toBe(text);
});

test("a joiner shows where it joins no pictures", () => {
  expect(reveal("👩🏽\u200D🚀 👩\u200D👩\u200D👧 🏳️\u200D🌈")).toBe(
    "👩🏽\u200D🚀 👩\u200D👩\u200D👧 🏳️\u200D🌈",
  );
  expect(reveal("pay\u200Dpal 👩\u200Da")).toBe("pay⟨U+200D⟩pal 👩⟨U+200D⟩a");
});
