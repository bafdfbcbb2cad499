// Who is announced, and when.
import { expect, test } from "vitest";
import { anItem } from "../stream/an-item";
import { defaults, type Preferences, type QuietHours, type Rule } from "./document";
import { isAnnounced, isQuiet } from "./rules";

const noon = new Date(2026, 4, 1, 12, 0);
const night = new Date(2026, 4, 1, 23, 0);

const withToasts = (toasts: Partial<Preferences["toasts"]>): Preferences => ({
  ...defaults,
  toasts: { ...defaults.toasts, ...toasts },
});
const withQuiet = (quiet: Partial<QuietHours>): Preferences => ({
  ...defaults,
  quiet: { ...defaults.quiet, on: true, ...quiet },
});

test.each<[Rule["mode"], string[], string | null, boolean]>([
  ["all", ["w"], "w", true],
  ["all", [], null, true],
  ["only", ["w"], "w", true],
  ["only", ["w"], "v", false],
  ["only", ["w"], null, false],
  ["only", [], "w", false],
  ["except", ["w"], "w", false],
  ["except", ["w"], "v", true],
  ["except", ["w"], null, true],
])("%s %j of %s", (mode, names, name, expected) => {
  const rule = { mode, names };
  const workflow = anItem({ workflowName: name });
  const event = anItem({ eventType: name });
  expect(isAnnounced(withToasts({ workflows: rule }), workflow, noon)).toBe(expected);
  expect(isAnnounced(withToasts({ events: rule }), event, noon)).toBe(expected);
  if (name === null) return;
  expect(isAnnounced(withToasts({ sources: rule }), anItem({ source: name }), noon)).toBe(expected);
});

test("nothing while toasts are off, rejects included", () => {
  expect(isAnnounced(withToasts({ on: false }), anItem(), noon)).toBe(false);
  expect(isAnnounced(withToasts({ on: false }), anItem({ signatureValid: false }), noon)).toBe(
    false,
  );
});

test("a reject cannot hide behind a muted workflow or event, but behind a muted source", () => {
  const reject = anItem({ signatureValid: false, workflowName: "w", eventType: "e", source: "s" });
  const muted = (name: string): Rule => ({ mode: "except", names: [name] });
  const names = withToasts({ workflows: muted("w"), events: muted("e") });
  expect(isAnnounced(names, reject, noon)).toBe(true);
  expect(isAnnounced(withToasts({ sources: muted("s") }), reject, noon)).toBe(false);
  expect(isAnnounced(withToasts({ alarms: false }), reject, noon)).toBe(false);
});

test("quiet hours are quiet, but for alarms where they may", () => {
  const reject = anItem({ signatureValid: false });
  expect(isAnnounced(withQuiet({}), anItem(), night)).toBe(false);
  expect(isAnnounced(withQuiet({}), anItem(), noon)).toBe(true);
  expect(isAnnounced(withQuiet({}), reject, night)).toBe(true);
  expect(isAnnounced(withQuiet({ alarms: false }), reject, night)).toBe(false);
});

test.each([
  ["22:00", "07:00", "21:59", false],
  ["22:00", "07:00", "22:00", true],
  ["22:00", "07:00", "00:00", true],
  ["22:00", "07:00", "06:59", true],
  ["22:00", "07:00", "07:00", false],
  ["12:30", "13:15", "12:29", false],
  ["12:30", "13:15", "12:30", true],
  ["12:30", "13:15", "13:15", false],
  ["00:00", "00:00", "15:00", true],
])("from %s to %s it is quiet at %s: %s", (from, to, at, expected) => {
  const [hours, minutes] = at.split(":").map(Number);
  const when = new Date(2026, 2, 29, hours, minutes);
  const quiet = { on: true, from, to, alarms: true };
  expect(isQuiet(quiet, when)).toBe(expected);
  expect(isQuiet({ ...quiet, on: false }, when)).toBe(false);
});
