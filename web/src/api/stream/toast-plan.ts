// Which toasts a handful of new callbacks becomes. Pure: what is remembered goes in and comes out.
// One job within five seconds is one toast; a burst is one toast with a count; rejects are their own.
import type { HistoryItem } from "../types";
import type { ToastOrder } from "./messages";

type Shown = { key: string; count: number; atMs: number };
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

export function planToasts(remembered: ToastMemory, items: HistoryItem[], nowMs: number): Plan {
  const memory = new Map([...remembered].filter(([, shown]) => nowMs - shown.atMs < onScreenMs));
  const orders: ToastOrder[] = [];

  const rejected = items.filter((item) => !item.signatureValid);
  const newestRejected = rejected.at(-1);
  if (newestRejected) {
    orders.push(
      order(memory, invalid, "invalid", newestRejected, rejected.length, nowMs, onScreenMs),
    );
  }

  const jobs = byJob(items.filter((item) => item.signatureValid));
  if (isBurst(memory, jobs, nowMs)) {
    const all = [...jobs.values()].flat();
    const newest = all.at(-1);
    if (newest) orders.push(order(memory, burst, "burst", newest, all.length, nowMs, onScreenMs));
    return { memory, orders };
  }
  for (const [job, ofJob] of jobs) {
    const newest = ofJob.at(-1);
    if (newest) orders.push(order(memory, job, "callback", newest, ofJob.length, nowMs, sameJobMs));
  }
  return { memory, orders };
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

function order(
  memory: Map<string, Shown>,
  name: string,
  kind: ToastOrder["kind"],
  item: HistoryItem,
  count: number,
  nowMs: number,
  joinMs: number,
): ToastOrder {
  const before = memory.get(name);
  const joins = before !== undefined && nowMs - before.atMs < joinMs;
  const shown: Shown = joins
    ? { key: before.key, count: before.count + count, atMs: nowMs }
    : { key: `${name}:${item.cursor}`, count, atMs: nowMs };
  memory.set(name, shown);
  return { key: shown.key, kind, count: shown.count, item };
}
