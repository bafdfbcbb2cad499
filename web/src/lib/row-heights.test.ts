// Sums of heights.
import { expect, test } from "vitest";
import { RowHeights } from "./row-heights";

test.each([0, 1, 2, 7, 8, 100])("agrees with adding up, for %i rows", (count) => {
  const plain = Array.from({ length: count }, (_, row) => 10 + (row % 3));
  const heights = new RowHeights(count, (row) => plain[row] ?? 0);
  const agree = () => {
    let offset = 0;
    plain.forEach((height, row) => {
      expect(heights.offsetOf(row)).toBe(offset);
      expect(heights.rowAt(offset)).toBe(row);
      expect(heights.rowAt(offset + height - 1)).toBe(row);
      offset += height;
    });
    expect(heights.total).toBe(offset);
  };
  agree();
  for (const row of [0, 5, count - 1].filter((each) => each >= 0 && each < count)) {
    expect(heights.set(row, 77)).toBe(77 - (plain[row] ?? 0));
    plain[row] = 77;
  }
  agree();
});

test("beyond the ends lies the nearest row", () => {
  const heights = new RowHeights(3, () => 10);
  expect([-5, 30, 1_000].map((offset) => heights.rowAt(offset))).toEqual([0, 2, 2]);
});
