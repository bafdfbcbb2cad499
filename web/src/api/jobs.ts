// Keeps the timelines of open windows in step with the stream: what comes to a job, changes, or goes.
import type { QueryClient } from "@tanstack/react-query";
import { callbackKey } from "./keys";
import type { CallbackView, ListItem } from "./types";

// What the server shows of a job; a longer one shows its newest.
const jobMax = 200;

export function addToJobs(client: QueryClient, items: readonly ListItem[]): void {
  changeJobs(client, ({ callback, job }) => {
    const known = new Set(job.map((item) => item.id));
    const further = items.filter(
      (item) =>
        callback.jobId !== null &&
        item.jobId === callback.jobId &&
        item.source === callback.source &&
        !known.has(item.id),
    );
    return further.length === 0 ? job : [...job, ...further].slice(-jobMax);
  });
}

/** Changes, or with null takes away, single callbacks wherever they are shown. */
export function reviseJobs(client: QueryClient, change: (item: ListItem) => ListItem | null): void {
  changeJobs(client, ({ job }) => {
    const next = job.flatMap((item) => change(item) ?? []);
    const isSame = next.length === job.length && next.every((item, at) => item === job[at]);
    return isSame ? job : next;
  });
}

function changeJobs(client: QueryClient, change: (view: CallbackView) => ListItem[]): void {
  client.setQueriesData<CallbackView>({ queryKey: callbackKey }, (view) => {
    if (view === undefined) return view;
    const job = change(view);
    return job === view.job ? view : { ...view, job };
  });
}
