// One callback as a card, below 768 px, in place of the row.
import { memo } from "react";
import { cn } from "@/lib/cn";
import { formatCost, formatDuration } from "@/lib/format";
import { SignatureIcon, StatusBadge } from "@/ui/badge";
import { Checkbox } from "@/ui/checkbox";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";
import { CallbackLink } from "./callback-link";
import type { RowProps } from "./callback-row";
import { EventBadge } from "./event-badge";
import { RowPreview } from "./row-preview";

export const CallbackCard = memo(function CallbackCard(props: RowProps) {
  const { item, index, top, height, arrived, selected, tabStop, onSelect } = props;
  const unread = !item.viewedByCurrentUser;
  const tabIndex = tabStop ? 0 : -1;
  const figures = [
    item.costUsd === null ? null : formatCost(item.costUsd),
    item.durationMs === null ? null : formatDuration(item.durationMs),
  ].filter((text) => text !== null);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-id={item.id}
      data-index={index}
      style={{ transform: `translateY(${top}px)`, height }}
      className={cn(
        "absolute inset-x-0 top-0 grid grid-cols-[2.5rem_minmax(0,1fr)] items-center border-line border-b pr-3",
        selected && "bg-accent-soft/55",
        unread ? "font-medium" : "text-muted",
        arrived && "animate-arrive",
      )}
    >
      {unread && <span aria-hidden className="absolute inset-y-0 left-0 w-0.5 bg-accent" />}
      <div role="gridcell" className="relative z-10">
        <Checkbox
          label="Select"
          checked={selected}
          tabIndex={tabIndex}
          onChange={(shift) => onSelect(item.id, shift)}
          className="h-16 w-10 pl-1"
        />
      </div>
      <div className="flex min-w-0 flex-col gap-1.5">
        <div role="gridcell" className="flex items-center gap-2">
          <SignatureIcon valid={item.signatureValid} />
          <span className="min-w-0 flex-1 truncate font-mono">
            <CallbackLink item={item} tabIndex={tabIndex} />
          </span>
          <Time iso={item.createdAt} className="shrink-0 font-normal text-label text-muted" />
          <span className="sr-only">{unread ? "Unread" : "Viewed"}</span>
        </div>
        <div role="gridcell" className="flex min-w-0 items-center gap-1.5">
          <span className="shrink-0">
            <StatusBadge status={item.status} />
          </span>
          <span className="min-w-0 shrink truncate">
            <EventBadge event={item.eventType} />
          </span>
          <span className="min-w-0 flex-1 truncate text-label">
            {item.workflowName !== null && <Foreign text={item.workflowName} />}
          </span>
        </div>
        <div role="gridcell" className="flex min-w-0 gap-2 font-normal text-label text-muted">
          <span className="min-w-0 flex-1 truncate">
            <RowPreview item={item} />
          </span>
          {figures.length > 0 && <span className="shrink-0">{figures.join(" · ")}</span>}
        </div>
      </div>
    </div>
  );
});
