// One callback as a card, below 768 px, in place of the row.
import { cn } from "@/lib/cn";
import { SignatureIcon, StatusBadge } from "@/ui/badge";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";
import { CallbackLink } from "./callback-link";
import type { RowProps } from "./callback-row";
import { EventBadge } from "./event-badge";

export function CallbackCard({ item, index, top, height, arrived }: RowProps) {
  const unread = !item.viewedByCurrentUser;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)`, height }}
      className={cn(
        "absolute inset-x-0 top-0 flex flex-col justify-center gap-1.5 border-line border-b px-3",
        unread ? "font-medium" : "text-muted",
        arrived && "animate-arrive",
      )}
    >
      {unread && <span aria-hidden className="absolute inset-y-0 left-0 w-0.5 bg-accent" />}
      <div role="cell" className="flex items-center gap-2">
        <SignatureIcon valid={item.signatureValid} />
        <span className="min-w-0 flex-1 truncate font-mono">
          <CallbackLink item={item} />
        </span>
        <Time iso={item.createdAt} className="shrink-0 font-normal text-label text-muted" />
        <span className="sr-only">{unread ? "Unread" : "Viewed"}</span>
      </div>
      <div role="cell" className="flex min-w-0 items-center gap-1.5">
        <StatusBadge status={item.status} />
        <span className="min-w-0 shrink truncate">
          <EventBadge event={item.eventType} />
        </span>
        <span className="min-w-0 flex-1 truncate text-label">
          {item.workflowName !== null && <Foreign text={item.workflowName} />}
        </span>
      </div>
      <div role="cell" className="truncate font-normal text-label text-muted">
        <Foreign text={item.payloadPreview} />
      </div>
    </div>
  );
}
