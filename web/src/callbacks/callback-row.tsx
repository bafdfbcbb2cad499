// One callback as a row of the table, from 768 px up. The whole row is the link to its window.
import type { HistoryItem } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatCost, formatDuration } from "@/lib/format";
import { SignatureIcon, StatusBadge } from "@/ui/badge";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";
import { CallbackLink } from "./callback-link";
import { EventBadge } from "./event-badge";

// Columns give way from the least to the most needed as the screen narrows.
export const columns = cn(
  "grid items-center gap-x-3 px-4",
  "grid-cols-[0.5rem_1rem_5.5rem_minmax(7rem,1fr)_minmax(8rem,1.2fr)_minmax(6rem,1fr)_5.5rem_2.25rem]",
  "lg:grid-cols-[0.5rem_1rem_5.5rem_minmax(8rem,1fr)_minmax(9rem,11rem)_minmax(7rem,11rem)_minmax(6rem,1.4fr)_4rem_5.5rem_2.25rem]",
  "xl:grid-cols-[0.5rem_1rem_5.5rem_minmax(8rem,14rem)_11rem_minmax(8rem,11rem)_minmax(8rem,1fr)_4.5rem_4.5rem_5.5rem_2.25rem]",
  "2xl:grid-cols-[0.5rem_1rem_5.5rem_minmax(8rem,20rem)_minmax(8rem,20rem)_11rem_minmax(8rem,12rem)_minmax(8rem,1fr)_4.5rem_4.5rem_5.5rem_2.25rem]",
);

const fromLg = "hidden lg:block";
const fromXl = "hidden xl:block";
// A sender of ours names the callback by its job, so the two are mostly the same text.
const from2xl = "hidden 2xl:block";

export const headings = [
  { text: "Viewed", className: "[&]:text-[0px]" },
  { text: "Signature", className: "[&]:text-[0px]" },
  { text: "Status" },
  { text: "Callback id" },
  { text: "Job", className: from2xl },
  { text: "Event" },
  { text: "Workflow" },
  { text: "Preview", className: fromLg },
  { text: "Cost", className: cn(fromLg, "text-right") },
  { text: "Duration", className: cn(fromXl, "text-right") },
  { text: "Received", className: "text-right" },
  { text: "Open", className: "[&]:text-[0px]" },
];

export type RowProps = {
  item: HistoryItem;
  index: number;
  top: number;
  height: number;
  arrived: boolean;
};

export function CallbackRow({ item, index, top, height, arrived }: RowProps) {
  const unread = !item.viewedByCurrentUser;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)`, height }}
      className={cn(
        columns,
        "group absolute inset-x-0 top-0 border-line border-b hover:bg-hover",
        unread ? "font-medium" : "text-muted",
        arrived && "animate-arrive",
      )}
    >
      <div role="cell">
        {unread && <span className="block size-2 rounded-full bg-accent" />}
        <span className="sr-only">{unread ? "Unread" : "Viewed"}</span>
      </div>
      <div role="cell" className="flex">
        <SignatureIcon valid={item.signatureValid} />
      </div>
      <div role="cell">
        <StatusBadge status={item.status} />
      </div>
      <div role="cell" className="truncate font-mono">
        <CallbackLink item={item} />
      </div>
      <div role="cell" className={cn(from2xl, "truncate font-mono font-normal text-muted")}>
        {item.jobId === null ? "–" : <Foreign text={item.jobId} />}
      </div>
      <div role="cell" className="truncate">
        <EventBadge event={item.eventType} />
      </div>
      <div role="cell" className="truncate">
        {item.workflowName === null ? "–" : <Foreign text={item.workflowName} />}
      </div>
      <div role="cell" className={cn(fromLg, "truncate font-normal text-muted")}>
        <Foreign text={item.payloadPreview} />
      </div>
      <div role="cell" className={cn(fromLg, "text-right font-normal")}>
        {formatCost(item.costUsd)}
      </div>
      <div role="cell" className={cn(fromXl, "text-right font-normal")}>
        {formatDuration(item.durationMs)}
      </div>
      <div role="cell" className="text-right font-normal">
        <Time iso={item.createdAt} className="relative" />
      </div>
      <div role="cell" className="text-right font-medium text-accent">
        <span aria-hidden className="group-hover:underline">
          View
        </span>
      </div>
    </div>
  );
}
