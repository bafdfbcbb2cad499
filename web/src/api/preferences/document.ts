// A person's preferences: what the server keeps as one JSON document, with a type and defaults. Reading
// takes what it understands and falls back for the rest; writing keeps members that it does not know,
// because another version of the console, in another tab or on another device, may.

/** Which names a rule lets through. `names` outlives a change of `mode`, so that nothing is typed twice. */
export type Rule = { mode: "all" | "only" | "except"; names: string[] };

export type RuleName = "sources" | "workflows" | "events";

/** Local times as "HH:MM". Equal ones mean the whole day. */
export type QuietHours = { on: boolean; from: string; to: string; alarms: boolean };

export type Preferences = {
  toasts: { on: boolean; alarms: boolean } & Record<RuleName, Rule>;
  /** `volume` is from 0 to 1. */
  sound: { on: boolean; volume: number };
  desktop: { on: boolean };
  quiet: QuietHours;
};

/** Only a change of meaning raises it; a new member does not. */
export const version = 1;

// The server keeps 64 KiB: three full rules stay far below it.
export const namesMax = 100;
export const nameLengthMax = 200;

const everything: Rule = { mode: "all", names: [] };

export const defaults: Preferences = {
  toasts: {
    on: true,
    alarms: true,
    sources: everything,
    workflows: everything,
    events: everything,
  },
  sound: { on: false, volume: 0.5 },
  desktop: { on: false },
  quiet: { on: false, from: "22:00", to: "07:00", alarms: true },
};

export function readPreferences(document: unknown): Preferences {
  const toasts = member(document, "toasts");
  const sound = member(document, "sound");
  const quiet = member(document, "quiet");
  return {
    toasts: {
      on: flag(toasts, "on", defaults.toasts.on),
      alarms: flag(toasts, "alarms", defaults.toasts.alarms),
      sources: rule(member(toasts, "sources")),
      workflows: rule(member(toasts, "workflows")),
      events: rule(member(toasts, "events")),
    },
    sound: { on: flag(sound, "on", defaults.sound.on), volume: volume(member(sound, "volume")) },
    desktop: { on: flag(member(document, "desktop"), "on", defaults.desktop.on) },
    quiet: {
      on: flag(quiet, "on", defaults.quiet.on),
      from: time(member(quiet, "from"), defaults.quiet.from),
      to: time(member(quiet, "to"), defaults.quiet.to),
      alarms: flag(quiet, "alarms", defaults.quiet.alarms),
    },
  };
}

/** The document with these preferences in it, and all else as it was. */
export function writePreferences(document: unknown, preferences: Preferences): object {
  return merge(document, { version, ...preferences });
}

export const isTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

function merge(old: unknown, next: object): object {
  const merged: Record<string, unknown> = isRecord(old) ? { ...old } : {};
  for (const [name, value] of Object.entries(next)) {
    merged[name] = isRecord(value) ? merge(merged[name], value) : value;
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function flag(value: unknown, name: string, fallback: boolean): boolean {
  const found = member(value, name);
  return typeof found === "boolean" ? found : fallback;
}

function rule(value: unknown): Rule {
  const mode = member(value, "mode");
  const names = member(value, "names");
  return {
    mode: mode === "only" || mode === "except" ? mode : "all",
    names: Array.isArray(names) ? [...new Set(names.filter(isName))].slice(0, namesMax) : [],
  };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= nameLengthMax;
}

function volume(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return defaults.sound.volume;
  return Math.min(1, Math.max(0, value));
}

function time(value: unknown, fallback: string): string {
  return typeof value === "string" && isTime(value) ? value : fallback;
}
