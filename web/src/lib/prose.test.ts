import { expect, test } from "vitest";
import { blocksOf } from "./prose";

test("paragraphs and code are told apart", () => {
  const text =
    "Pass `url: \"x\"` when\nyou ask. The secret is one:\n\n```sh\ncurl -H 'A: b'\n```\n\nIt goes into `X`.";
  expect(blocksOf(text)).toEqual([
    {
      kind: "text",
      pieces: [
        { code: false, text: "Pass " },
        { code: true, text: 'url: "x"' },
        { code: false, text: " when you ask. The secret is one:" },
      ],
    },
    { kind: "code", text: "curl -H 'A: b'" },
    {
      kind: "text",
      pieces: [
        { code: false, text: "It goes into " },
        { code: true, text: "X" },
        { code: false, text: "." },
      ],
    },
  ]);
});
