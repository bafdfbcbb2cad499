// What a person is saying of a source, and the settings that it becomes. The usual ones have fields of their own; all
// others are written as JSON, as the settings file would have them.
import type { SourcePreset } from "@/api/types";

export type Settings = Record<string, unknown>;

export type Draft = { preset: string; title: string; path: string; more: string };

export function draftOf({ preset, title, path, ...more }: Settings): Draft {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    preset: text(preset),
    title: text(title),
    path: text(path),
    more: Object.keys(more).length === 0 ? "" : JSON.stringify(more, null, 2),
  };
}

/** Null where the JSON is none, or no object. */
export function settingsOf({ preset, title, path, more }: Draft): Settings | null {
  const others = parsed(more);
  if (others === null) return null;
  const said = Object.entries({ preset, title: title.trim(), path: path.trim() });
  return { ...Object.fromEntries(said.filter(([, value]) => value !== "")), ...others };
}

function parsed(text: string): Settings | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return isSettings(value) ? value : null;
  } catch {
    return null;
  }
}

function isSettings(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a source posts that says nothing of its path. A preset has one of its own, or takes the source's name. */
export function usualPath(name: string, preset: SourcePreset | undefined): string {
  const named = "/api/webhooks/";
  if (preset && preset.path !== `${named}${preset.name}`) return preset.path;
  return `${named}${name || "…"}`;
}
