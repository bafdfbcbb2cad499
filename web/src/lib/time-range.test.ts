// Ranges of time in words and in fields, wherever the tests run.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { describeRange, fromLocalField, lastMinutes, toLocalField } from "./time-range";

beforeAll(() => {
  vi.stubEnv("TZ", "Europe/Berlin");
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const now = Date.parse("2026-03-10T12:00:00Z");

test("the last minutes begin that long ago, and do not end", () => {
  expect(lastMinutes(60, now)).toEqual({ from: "2026-03-10T11:00:00.000Z" });
});

describe("a field shows local time and gives the same moment back", () => {
  test.each([
    ["2026-01-15T12:30:00.000Z", "2026-01-15T13:30"],
    ["2026-07-15T12:30:00.000Z", "2026-07-15T14:30"],
    ["2026-12-31T23:30:00.000Z", "2027-01-01T00:30"],
  ])("%s", (iso, field) => {
    expect(toLocalField(iso)).toBe(field);
    expect(fromLocalField(field)).toBe(iso);
  });

  test("and nothing for what is not a time", () => {
    expect(toLocalField(undefined)).toBe("");
    expect(toLocalField("soon")).toBe("");
    expect(fromLocalField("")).toBeUndefined();
    expect(fromLocalField("soon")).toBeUndefined();
  });
});

describe("in words", () => {
  const words = (from?: string, to?: string) => describeRange({ from, to }, now);

  test("nothing is said of a range that has no end", () => {
    expect(words()).toBeNull();
  });

  test("today is not named, another day is, and another year", () => {
    expect(words("2026-03-10T08:15:00Z")).toBe("since 09:15");
    expect(words(undefined, "2026-03-09T08:15:00Z")).toBe("until 9 Mar, 09:15");
    expect(words("2025-03-09T08:15:00Z")).toBe("since 9 Mar 2025, 09:15");
  });

  test("a day is named once when both ends are in it", () => {
    expect(words("2026-03-09T08:15:00Z", "2026-03-09T10:00:00Z")).toBe("9 Mar, 09:15 – 11:00");
    expect(words("2026-03-09T08:15:00Z", "2026-03-10T10:00:00Z")).toBe(
      "9 Mar, 09:15 – 10 Mar, 11:00",
    );
    expect(words("2026-03-10T08:15:00Z", "2026-03-10T10:00:00Z")).toBe("09:15 – 11:00");
  });

  test("what a foreign link has instead of a time is shown as it is", () => {
    expect(words("soon")).toBe("since soon");
  });
});
