// Which toasts a handful of new callbacks becomes. Pure: what is remembered goes in and comes out.
// One job within five seconds is one toast; a burst is one toast with a count; rejects are their own.
import type { HistoryItem } from "../types";
import type { ToastOrder } from "./messages";

type Shown = { key: string; count: number; more: boolean; atMs: number };
export type ToastMemory = ReadonlyMap<string, Shown>;

export const noToasts: ToastMemory = new Map();

const sameJobMs = 5_000;
// As long as a toast stays on screen.
const onScreenMs = 10_000;
// More than three at once cover what is being read.
const onScreenMax = 3;

const burst = "burst";
const invalid = "invalid";

export type Plan = { memory: ToastMemory; orders: ToastOrder[] };

/** `more` says that there were others before these items, which nobody has counted. */
export function planToasts(
  remembered: ToastMemory,
  items: HistoryItem[],
  nowMs: number,
  more = false,
): Plan {
  const memory = new Map([...remembered].filter(([, shown]) => nowMs - shown.atMs < onScreenMs));
  const orders: ToastOrder[] = [];

  const rejected = items.filter(isAlarming);
  const newestRejected = rejected.at(-1);
  if (newestRejected) {
    const of = { name: invalid, kind: "invalid", count: rejected.length, more: false } as const;
    orders.push(order(memory, { ...of, item: newestRejected, joinMs: onScreenMs }, nowMs));
  }

  const jobs = byJob(items.filter((item) => !isAlarming(item)));
  if (more || isBurst(memory, jobs, nowMs)) {
    const all = [...jobs.values()].flat();
    const item = all.at(-1);
    const of = { name: burst, kind: "burst", count: all.length, more } as const;
    if (item) orders.push(order(memory, { ...of, item, joinMs: onScreenMs }, nowMs));
    return { memory, orders };
  }
  for (const [name, ofJob] of jobs) {
    const item = ofJob.at(-1);
    const of = { name, kind: "callback", count: ofJob.length, more: false } as const;
    if (item) orders.push(order(memory, { ...of, item, joinMs: sameJobMs }, nowMs));
  }
  return { memory, orders };
}

/** What an admin has accepted alarms nobody: it was one when it came. */
export function isAlarming({ signatureValid, accepted }: HistoryItem): boolean {
  return !(signatureValid || accepted);
}

function byJob(items: HistoryItem[]): Map<string, HistoryItem[]> {
  const jobs = new Map<string, HistoryItem[]>();
  for (const item of items) {
    const job = `job:${item.source}:${item.jobId ?? item.id}`;
    jobs.set(job, [...(jobs.get(job) ?? []), item]);
  }
  return jobs;
}

function isBurst(memory: ToastMemory, jobs: Map<string, unknown>, nowMs: number): boolean {
  if (jobs.size === 0) return false;
  const running = memory.get(burst);
  if (running && nowMs - running.atMs < onScreenMs) return true;
  const others = [...memory.keys()].filter((name) => name.startsWith("job:") && !jobs.has(name));
  return jobs.size + others.length > onScreenMax;
}

/** What a toast is about, and how long after the last of its kind it still joins that one. */
type Subject = Omit<ToastOrder, "key"> & { name: string; joinMs: number };

function order(memory: Map<string, Shown>, subject: Subject, atMs: number): ToastOrder {
  const { name, kind, item, joinMs } = subject;
  const before = memory.get(name);
  const joined = before !== undefined && atMs - before.atMs < joinMs ? before : null;
  const key = joined?.key ?? `${name}:${item.cursor}`;
  const count = (joined?.count ?? 0) + subject.count;
  const more = (joined?.more ?? false) || subject.more;
  memory.set(name, { key, count, more, atMs });
  return { key, kind, count, more, item };
}
