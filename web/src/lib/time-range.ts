// A range of time as the URL and a person spell it. The URL holds moments, so that a link shows everybody
// the same callbacks; people choose "the last hour" or write local times.

export type TimeRange = { from?: string | undefined; to?: string | undefined };

export const spans = [
  { label: "Last 15 minutes", minutes: 15 },
  { label: "Last hour", minutes: 60 },
  { label: "Last 24 hours", minutes: 1_440 },
  { label: "Last 7 days", minutes: 10_080 },
  { label: "Last 30 days", minutes: 43_200 },
] as const;

export function lastMinutes(minutes: number, nowMs: number): TimeRange {
  return { from: new Date(nowMs - minutes * 60_000).toISOString() };
}

/** What a `datetime-local` field shows for a moment: local time, to the minute. */
export function toLocalField(iso: string | undefined): string {
  const ms = Date.parse(iso ?? "");
  if (Number.isNaN(ms)) return "";
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}

/** Undefined for what is not a time. */
export function fromLocalField(text: string): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** "since 14:02", "until 3 Feb, 14:02", "3 Feb, 14:02 – 16:00"; null when there is none. */
export function describeRange({ from, to }: TimeRange, nowMs: number): string | null {
  if (from === undefined && to === undefined) return null;
  if (to === undefined) return `since ${moment(from, nowMs)}`;
  if (from === undefined) return `until ${moment(to, nowMs)}`;
  // Without its day the end would be taken for one of the day that was just named.
  const end = sameDay(from, to) ? clock(to) : dayAndClock(to, nowMs);
  return `${moment(from, nowMs)} – ${end}`;
}

function moment(iso: string | undefined, nowMs: number): string {
  const isToday = iso !== undefined && sameDay(iso, new Date(nowMs).toISOString());
  return isToday ? clock(iso) : dayAndClock(iso, nowMs);
}

function dayAndClock(iso: string | undefined, nowMs: number): string {
  const ms = Date.parse(iso ?? "");
  if (Number.isNaN(ms)) return iso ?? "";
  const date = new Date(ms);
  const otherYear = date.getFullYear() !== new Date(nowMs).getFullYear();
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    ...(otherYear ? { year: "numeric" } : {}),
    hour: "2-digit",
    minute: "2-digit",
  }).format(date);
}

function clock(iso: string): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(
    new Date(iso),
  );
}

function sameDay(a: string, b: string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
