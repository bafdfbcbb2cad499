// Numbers and times as people read them.
import { afterEach, expect, test } from "vitest";
import {
  formatAbsolute,
  formatBytes,
  formatCost,
  formatDuration,
  formatMoment,
  formatRelative,
  formatUnread,
} from "./format";
import { timeZone } from "./time-zone";

test.each([
  [null, "–"],
  [0, "$0"],
  [0.000_01, "< $0.0001"],
  [0.0513, "$0.0513"],
  [12.5, "$12.50"],
])("cost %s", (usd, text) => expect(formatCost(usd)).toBe(text));

test.each([
  [null, "–"],
  [999, "999 ms"],
  [1_502, "1.5 s"],
  [59_949, "59.9 s"],
  [59_990, "1 min 00 s"],
  [3_720_000, "1 h 02 min"],
])("duration %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

test("sizes are decimal", () => {
  const sizes = [999, 75_000, 1_048_576, 12_345_678_901].map(formatBytes);
  expect(sizes).toEqual(["999 B", "75.0 kB", "1.05 MB", "12.35 GB"]);
});

test("unread counts stop where the server stops counting", () => {
  expect([9_999, 10_000].map(formatUnread)).toEqual(["9,999", "9,999+"]);
});

test("relative times never show the future", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  const at = (text: string) => formatRelative(text, now);
  expect(at("2026-05-01T12:00:03Z")).toBe("just now");
  expect(at("2026-05-01T11:59:20Z")).toBe("40 s ago");
  expect(at("2026-05-01T11:01:00Z")).toBe("59 min ago");
  expect(at("2026-04-30T13:00:00Z")).toBe("23 h ago");
  expect(at("2026-04-03T12:00:00Z")).toBe("3 Apr");
  expect(at("2025-04-03T12:00:00Z")).toBe("3 Apr 2025");
  expect(at("not a time")).toBe("not a time");
});

test("a moment leaves out the day that is known", () => {
  const local = (text: string) => new Date(text).toISOString();
  const noon = local("2026-05-01T12:00:00.007");
  expect(formatMoment(noon, local("2026-05-01T00:00:00"))).toBe("12:00:00.007");
  expect(formatMoment(noon, local("2026-05-02T00:00:00"))).toMatch(
    /^1 May 2026, \S+, 12:00:00\.007$/,
  );
  expect(formatMoment("not a time", noon)).toBe("not a time");
  expect(formatMoment(noon, "not a time")).toMatch(/12:00:00\.007$/);
});

afterEach(() => timeZone.set("local"));

test("exact times are in the zone that was chosen", () => {
  timeZone.set("utc");
  const newYear = "2026-01-01T00:30:00.007+02:00";
  expect(formatAbsolute(newYear)).toBe("31 Dec 2025, 22:30:00.007 UTC");
  expect(formatMoment(newYear, "2025-12-31T00:00:00Z")).toBe("22:30:00.007");
  expect(formatRelative(newYear, Date.parse("2026-02-01T00:00:00Z"))).toBe("31 Dec 2025");
});
