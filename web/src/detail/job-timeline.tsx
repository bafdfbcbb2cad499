// The callbacks of the same job in the order they came, each with its cost and with its duration as a
// bar against the longest.
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
  const place = usePlace();
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => showCurrent(list.current, current), [current]);
  const longestMs = Math.max(1, ...items.map((item) => item.durationMs ?? 0));
  return (
    <section className="@container border-line border-b px-4 py-3">
      <h3 className="mb-1.5 text-label text-muted">
        Job timeline · {formatCount(items.length)} callbacks
      </h3>
      <ol ref={list} className="relative -mx-2 max-h-36 overflow-y-auto">
        {items.map((item) => (
          <li key={item.id} data-id={item.id}>
            <Link
              href={writePlace(withFront(place, item.id))}
              aria-current={item.id === current ? "true" : undefined}
              className={cn(
                "grid min-h-9 grid-cols-[1rem_minmax(0,1fr)_4.5rem_4rem] items-center gap-x-3 rounded-md px-2 hover:bg-hover focus-visible:-outline-offset-2",
                "@xl:grid-cols-[1rem_5rem_minmax(0,1fr)_7rem_4.5rem_4rem_5.5rem]",
                item.id === current && "bg-accent-soft font-medium",
              )}
            >
              <SignatureIcon valid={item.signatureValid} />
              <span className="hidden @xl:block">
                <StatusBadge status={item.status} />
              </span>
              <Foreign text={item.eventType ?? item.source} className="truncate" />
              <Bar ms={item.durationMs} longestMs={longestMs} bad={item.status === "error"} />
              <span className="text-right text-label">{formatDuration(item.durationMs)}</span>
              <span className="text-right text-label">{formatCost(item.costUsd)}</span>
              <Time
                iso={item.createdAt}
                className="hidden text-right text-label text-muted @xl:block"
              />
            </Link>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Scrolls the list alone: `scrollIntoView` would move the window as well. */
function showCurrent(list: HTMLOListElement | null, current: string): void {
  const entry = list?.querySelector<HTMLElement>(`[data-id="${CSS.escape(current)}"]`);
  if (list && entry)
    list.scrollTop = entry.offsetTop - (list.clientHeight - entry.offsetHeight) / 2;
}

function Bar({ ms, longestMs, bad }: { ms: number | null; longestMs: number; bad: boolean }) {
  const percent = ms === null ? 0 : Math.max(2, (100 * ms) / longestMs);
  return (
    <span className="hidden h-1.5 overflow-hidden rounded-full bg-line @xl:block" aria-hidden>
      <span
        className={cn("block h-full rounded-full", bad ? "bg-bad" : "bg-accent")}
        style={{ width: `${percent}%` }}
      />
    </span>
  );
}
