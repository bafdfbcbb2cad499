// What a person's preferences make of a callback: whether it is announced at all. Pure; the hour comes
// from outside, as local time.
import type { HistoryItem } from "../types";
import type { Preferences, QuietHours, Rule } from "./document";

export function isAnnounced(preferences: Preferences, item: HistoryItem, at: Date): boolean {
  const { toasts, quiet } = preferences;
  if (!toasts.on) return false;
  if (!lets(toasts.sources, item.source)) return false;
  if (!item.signatureValid) {
    // Nobody has vouched for what a reject says of itself, so only its source counts: a forger must not
    // be able to choose a name that is muted.
    return toasts.alarms && (quiet.alarms || !isQuiet(quiet, at));
  }
  return (
    lets(toasts.workflows, item.workflowName) &&
    lets(toasts.events, item.eventType) &&
    !isQuiet(quiet, at)
  );
}

/** A callback without a name is in no list: "only" leaves it out, "except" lets it through. */
function lets({ mode, names }: Rule, name: string | null): boolean {
  if (mode === "all") return true;
  const listed = name !== null && names.includes(name);
  return mode === "only" ? listed : !listed;
}

/** From is within, to is not. They may lie on two sides of midnight. */
export function isQuiet({ on, from, to }: QuietHours, at: Date): boolean {
  if (!on) return false;
  const now = at.getHours() * 60 + at.getMinutes();
  const [begin, end] = [minutes(from), minutes(to)];
  if (begin === end) return true;
  return begin < end ? begin <= now && now < end : begin <= now || now < end;
}

function minutes(time: string): number {
  const [hours, rest] = time.split(":");
  return Number(hours) * 60 + Number(rest);
}
