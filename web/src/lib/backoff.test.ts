// The wait before the next attempt.
import { expect, test } from "vitest";
import { backoffMs } from "./backoff";

test("doubles to a cap and stays within half and whole of it", () => {
  expect(backoffMs(1, 0)).toBe(500);
  expect(backoffMs(2, 0)).toBe(1_000);
  expect(backoffMs(3, 0.5)).toBe(3_000);
  expect(backoffMs(50, 0)).toBe(15_000);
  expect(backoffMs(50, 0.999_999)).toBe(30_000);
});
