// One toast: what came, from which workflow, how it begins, and the way to its details.
import { Inbox, ShieldAlert, X } from "lucide-react";
import type { ToastOrder } from "@/api/stream/messages";
import { cn } from "@/lib/cn";
import { formatCount } from "@/lib/format";
import { withFilter, withFront } from "@/lib/place";
import { reveal } from "@/lib/reveal";
import { go } from "@/ui/use-place";

const previewLength = 80;

export function ToastCard({ order, onClose }: { order: ToastOrder; onClose: () => void }) {
  const isBad = order.kind === "invalid";
  const { item } = order;
  const Icon = isBad ? ShieldAlert : Inbox;

  function view() {
    if (order.kind === "callback" || order.count === 1) go((place) => withFront(place, item.id));
    else
      go((place) => withFilter(place, isBad ? "signature" : "viewed", isBad ? "invalid" : "false"));
    onClose();
  }

  return (
    <div
      className={cn(
        "flex w-full gap-3 rounded-xl border bg-surface p-3.5 text-ink text-toast shadow-window sm:w-100",
        isBad ? "border-bad" : "border-line",
      )}
    >
      <span
        className={cn(
          "mt-px inline-flex size-8 shrink-0 items-center justify-center rounded-lg",
          isBad ? "bg-bad-soft text-bad" : "bg-accent-soft text-accent",
        )}
      >
        <Icon className="size-4.5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <div className={cn("font-semibold", isBad && "text-bad")}>{titleOf(order)}</div>
        <div className="truncate font-medium text-table">{subtitleOf(order)}</div>
        <p className="mt-0.5 line-clamp-2 text-muted text-table [overflow-wrap:anywhere]">
          <bdi>{beginning(item.payloadPreview)}</bdi>
        </p>
        <button
          type="button"
          onClick={view}
          className={cn(
            "mt-2 rounded font-medium text-table underline-offset-4 hover:underline",
            isBad ? "text-bad" : "text-accent",
          )}
        >
          View details
        </button>
      </div>
      <button
        type="button"
        onClick={onClose}
        aria-label="Dismiss"
        className="-mt-1 -mr-1 inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
      >
        <X className="size-4" aria-hidden />
      </button>
    </div>
  );
}

function titleOf({ kind, count }: ToastOrder): string {
  switch (kind) {
    case "invalid":
      return count === 1
        ? "Invalid signature – security alert"
        : `${formatCount(count)} invalid signatures – security alert`;
    case "callback":
    case "burst":
      return count === 1
        ? "New LLM callback received"
        : `${formatCount(count)} new LLM callbacks received`;
  }
}

function subtitleOf({ kind, count, item }: ToastOrder): string {
  const words = [item.workflowName ?? item.source, item.eventType].filter((word) => word !== null);
  const last = reveal(words.join(" – "));
  return kind === "burst" && count > 1 ? `Latest: ${last}` : last;
}

function beginning(preview: string): string {
  const characters = [...preview];
  const head = characters.slice(0, previewLength).join("");
  return reveal(characters.length > previewLength ? `${head}…` : head);
}
