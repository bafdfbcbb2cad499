// The callbacks of the same job in the order they came, each with duration and cost as numbers and as
// bars against the largest.
import { useLayoutEffect, useRef } from "react";
import { Link } from "wouter";
import type { ListItem } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatCost, formatCount, formatDuration } from "@/lib/format";
import { withFront, writePlace } from "@/lib/place";
import { SignatureIcon, StatusBadge } from "@/ui/badge";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";
import { usePlace } from "@/ui/use-place";

export function JobTimeline({ items, current }: { items: ListItem[]; current: string }) {
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => showCurrent(list.current, current), [current]);
  const most = {
    durationMs: Math.max(...items.map((item) => item.durationMs ?? 0)),
    costUsd: Math.max(...items.map((item) => item.costUsd ?? 0)),
  };
  return (
    <section aria-label="Job timeline" className="border-line border-b px-4 pt-2.5 pb-2">
      <h3 className="mb-1 text-label text-muted">
        Job timeline · {formatCount(items.length)} callbacks
      </h3>
      <ol ref={list} className="relative -mx-2 max-h-40 overflow-y-auto @5xl:max-h-80">
        {items.map((item) => (
          <li key={item.id} data-id={item.id}>
            <Entry item={item} isCurrent={item.id === current} most={most} />
          </li>
        ))}
      </ol>
    </section>
  );
}

type EntryProps = {
  item: ListItem;
  isCurrent: boolean;
  most: { durationMs: number; costUsd: number };
};

function Entry({ item, isCurrent, most }: EntryProps) {
  const place = usePlace();
  return (
    <Link
      href={writePlace(withFront(place, item.id))}
      aria-current={isCurrent ? "true" : undefined}
      className={cn(
        "grid min-h-8 items-center gap-x-3 rounded-md px-2 hover:bg-hover focus-visible:-outline-offset-2",
        "grid-cols-[1rem_minmax(0,1fr)_4.5rem_4rem]",
        "@xl:grid-cols-[1rem_5rem_minmax(0,1fr)_8.5rem_8.5rem_5rem]",
        isCurrent && "bg-accent-soft font-medium",
      )}
    >
      <SignatureIcon valid={item.signatureValid} />
      <span className="hidden @xl:block">
        <StatusBadge status={item.status} />
      </span>
      <Foreign text={item.eventType ?? item.source} className="truncate" />
      <Measure
        text={formatDuration(item.durationMs)}
        share={(item.durationMs ?? 0) / most.durationMs}
        fill={item.status === "error" ? "bg-bad" : "bg-accent"}
      />
      <Measure
        text={formatCost(item.costUsd)}
        share={(item.costUsd ?? 0) / most.costUsd}
        fill="bg-muted"
      />
      <Time iso={item.createdAt} className="hidden text-right text-label text-muted @xl:block" />
    </Link>
  );
}

/** `share` is of the largest; not a number where there is none. */
function Measure({ text, share, fill }: { text: string; share: number; fill: string }) {
  return (
    <span className="flex flex-col-reverse gap-1 text-label @xl:flex-row @xl:items-center @xl:gap-2">
      <span className="h-1 overflow-hidden rounded-full bg-line @xl:h-1.5 @xl:flex-1" aria-hidden>
        <span
          className={cn("block h-full rounded-full", fill)}
          style={{ width: share > 0 ? `max(2px, ${100 * share}%)` : 0 }}
        />
      </span>
      <span className="text-right @xl:min-w-13">{text}</span>
    </span>
  );
}

/** Scrolls the list alone: `scrollIntoView` would move the window as well. */
function showCurrent(list: HTMLOListElement | null, current: string): void {
  const entry = list?.querySelector<HTMLElement>(`[data-id="${CSS.escape(current)}"]`);
  if (list && entry)
    list.scrollTop = entry.offsetTop - (list.clientHeight - entry.offsetHeight) / 2;
}
