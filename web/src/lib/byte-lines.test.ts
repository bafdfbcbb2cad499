// Bytes as lines.
import { expect, test } from "vitest";
import { byteLine, bytesPerLine, utf8 } from "./byte-lines";

test("a line has a place, hex, and what is printable", () => {
  const bytes = new TextEncoder().encode('\ufeff{"é"}\r\n');
  expect(byteLine(bytes, 0, 8)).toEqual({
    place: "000000",
    hex: "ef bb bf 7b 22 c3 a9 22",
    ascii: '···{"··"',
  });
  expect(byteLine(bytes, 8, 8)).toEqual({
    place: "000008",
    hex: "7d 0d 0a".padEnd(23),
    ascii: "}··",
  });
});

test("fewer bytes a line where there is less room", () => {
  expect([200, 80, 60, 30].map(bytesPerLine)).toEqual([16, 16, 8, 4]);
});

test("bytes that are no UTF-8 are no text; a byte order mark is kept", () => {
  expect(utf8(new Uint8Array([0xff, 0xfe]))).toBeNull();
  expect(utf8(new TextEncoder().encode("\ufeffé毒"))).toBe("\ufeffé毒");
});
