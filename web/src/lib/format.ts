// Numbers, times and sizes as people read them. Nothing here knows what a callback is.
import { inChosenZone } from "./time-zone";

const missing = "–";
const whole = new Intl.NumberFormat("en-US");

export function formatCount(value: number | null): string {
  return value === null ? missing : whole.format(value);
}

/** Counts are exact up to 10,000; beyond it the server stops counting. */
export function formatUnread(count: number): string {
  return count >= 10_000 ? "9,999+" : whole.format(count);
}

/** US dollars; small amounts keep the digits that tell them apart. */
export function formatCost(usd: number | null): string {
  if (usd === null) return missing;
  if (usd === 0) return "$0";
  if (usd < 0.0001) return "< $0.0001";
  return `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

export function formatDuration(ms: number | null): string {
  if (ms === null) return missing;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(2)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}

/** "12 s ago", "5 min ago", "3 h ago", then the date. */
export function formatRelative(iso: string, nowMs: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return iso;
  const seconds = Math.round((nowMs - then) / 1_000);
  // A clock that runs a little behind the server's must not show the future.
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return yearOf(then) === yearOf(nowMs) ? dayOfYear(then) : `${dayOfYear(then)} ${yearOf(then)}`;
}

/** The exact time with its zone, to the millisecond. */
export function formatAbsolute(iso: string | null): string {
  if (iso === null) return missing;
  const then = Date.parse(iso);
  return Number.isNaN(then) ? iso : absolute(then);
}

/** The time to the millisecond, behind its day unless that is the day of `near`. */
export function formatMoment(iso: string, near: string): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return iso;
  const reference = Date.parse(near);
  const isNear = !Number.isNaN(reference) && day(reference) === day(then);
  return isNear ? clock(then) : `${day(then)}, ${clock(then)}`;
}

/** The day, with the zone in which it is meant: it may change with the seasons. */
export function formatDay(iso: string): string {
  const then = Date.parse(iso);
  return Number.isNaN(then) ? iso : day(then);
}

const dayOfYear = inChosenZone({ day: "numeric", month: "short" });
const yearOf = inChosenZone({ year: "numeric" });
const absolute = inChosenZone({
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  timeZoneName: "short",
});
const clock = inChosenZone({
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const day = inChosenZone({
  year: "numeric",
  month: "short",
  day: "numeric",
  timeZoneName: "short",
});
