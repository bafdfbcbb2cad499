// One callback as a row of the table, from 768 px up. The whole row is the link to its window.
import { memo } from "react";
import type { HistoryItem } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatCost, formatDuration } from "@/lib/format";
import { SignatureIcon, StatusBadge } from "@/ui/badge";
import { Checkbox } from "@/ui/checkbox";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";
import { CallbackLink } from "./callback-link";
import { columns, fromLg, fromXl } from "./columns";
import { EventBadge } from "./event-badge";
import { RowPreview } from "./row-preview";

export type RowProps = {
  item: HistoryItem;
  index: number;
  top: number;
  height: number;
  /** It came a moment ago. */
  arrived: boolean;
  selected: boolean;
  /** Whether the Tab key stops here. */
  tabStop: boolean;
  onSelect: (id: string, extend: boolean) => void;
};

export const CallbackRow = memo(function CallbackRow(props: RowProps) {
  const { item, index, top, height, arrived, selected, tabStop, onSelect } = props;
  const unread = !item.viewedByCurrentUser;
  const tabIndex = tabStop ? 0 : -1;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-id={item.id}
      data-index={index}
      style={{ transform: `translateY(${top}px)`, height }}
      className={cn(
        columns,
        "group absolute inset-x-0 top-0 border-line border-b",
        selected ? "bg-accent-soft/55" : "hover:bg-hover",
        unread ? "font-medium" : "text-muted",
        arrived && "animate-arrive",
      )}
    >
      <div role="gridcell" className="relative z-10 -ml-2">
        <Checkbox
          label="Select"
          checked={selected}
          tabIndex={tabIndex}
          onChange={(shift) => onSelect(item.id, shift)}
        />
      </div>
      <div role="gridcell">
        {unread && <span className="block size-2 rounded-full bg-accent" />}
        <span className="sr-only">{unread ? "Unread" : "Viewed"}</span>
      </div>
      <div role="gridcell" className="flex">
        <SignatureIcon valid={item.signatureValid} />
      </div>
      <div role="gridcell">
        <StatusBadge status={item.status} />
      </div>
      <div role="gridcell" className="truncate font-mono">
        <CallbackLink item={item} tabIndex={tabIndex} />
      </div>
      <div role="gridcell" className={cn(fromXl, "truncate font-mono font-normal text-muted")}>
        {item.jobId === null ? "–" : <Foreign text={item.jobId} />}
      </div>
      <div role="gridcell" className="truncate">
        <EventBadge event={item.eventType} />
      </div>
      <div role="gridcell" className="truncate">
        {item.workflowName === null ? "–" : <Foreign text={item.workflowName} />}
      </div>
      <div role="gridcell" className={cn(fromLg, "truncate font-normal text-muted")}>
        <RowPreview item={item} />
      </div>
      <div role="gridcell" className={cn(fromLg, "text-right font-normal")}>
        {formatCost(item.costUsd)}
      </div>
      <div role="gridcell" className={cn(fromLg, "text-right font-normal")}>
        {formatDuration(item.durationMs)}
      </div>
      <div role="gridcell" className="text-right font-normal">
        <Time iso={item.createdAt} className="relative" />
      </div>
      <div role="gridcell" className="text-right font-medium text-accent">
        <span aria-hidden className="group-hover:underline">
          View
        </span>
      </div>
    </div>
  );
});
