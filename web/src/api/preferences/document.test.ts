// Whatever the server has kept becomes preferences, and nothing of it is lost by saving.
import { expect, test } from "vitest";
import { defaults, namesMax, readPreferences, writePreferences } from "./document";

test("nothing, and nonsense, is the defaults", () => {
  for (const nonsense of [undefined, null, {}, [], 7, "x", { toasts: 1, sound: [], quiet: null }]) {
    expect(readPreferences(nonsense)).toEqual(defaults);
  }
});

test("what is understood is taken, and the rest falls back", () => {
  const document = {
    toasts: { on: false, sources: { mode: "only", names: ["llm", 7, "", "llm"] }, events: "all" },
    sound: { on: true, volume: 7 },
    quiet: { on: true, from: "23:30", to: "24:00" },
  };
  expect(readPreferences(document)).toEqual({
    toasts: { ...defaults.toasts, on: false, sources: { mode: "only", names: ["llm"] } },
    sound: { on: true, volume: 1 },
    desktop: { on: false },
    quiet: { on: true, from: "23:30", to: "07:00", alarms: true },
  });
});

test("a mode of a later version lets everything through", () => {
  const rule = { mode: "fuzzy", names: ["a"] };
  expect(readPreferences({ toasts: { events: rule } }).toasts.events).toEqual({
    mode: "all",
    names: ["a"],
  });
});

test("names are bounded", () => {
  const names = Array.from({ length: namesMax + 5 }, (_, index) => `name-${index}`);
  const read = readPreferences({ toasts: { sources: { mode: "except", names } } });
  expect(read.toasts.sources.names).toHaveLength(namesMax);
});

test("members of another version of the console are kept", () => {
  const document = { theirs: { a: [1] }, sound: { on: true, pitch: 440 }, version: 1 };
  const changed = { ...defaults, sound: { on: false, volume: 0.2 } };
  const written = writePreferences(document, changed);
  expect(written).toMatchObject({
    version: 1,
    theirs: { a: [1] },
    sound: { on: false, volume: 0.2, pitch: 440 },
  });
  expect(readPreferences(written)).toEqual(changed);
});

test("an inherited member is no preference", () => {
  expect(readPreferences(JSON.parse('{"__proto__": {"sound": {"on": true}}}'))).toEqual(defaults);
});
