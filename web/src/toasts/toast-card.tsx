// A toast about callbacks: what came, from which workflow, how it begins, and the way to its details.
import { Inbox, ShieldAlert } from "lucide-react";
import type { ToastOrder } from "@/api/stream/messages";
import { cn } from "@/lib/cn";
import { ToastFrame } from "./toast-frame";
import { viewOrder } from "./view-order";
import { beginning, causeOf, subtitleOf, titleOf } from "./words";

type Props = { order: ToastOrder; onClose: () => void; onHold: (held: boolean) => void };

export function ToastCard({ order, onClose, onHold }: Props) {
  const isBad = order.kind === "invalid";
  const cause = causeOf(order);
  return (
    <ToastFrame
      label={titleOf(order)}
      icon={isBad ? ShieldAlert : Inbox}
      tone={isBad ? "bad" : "accent"}
      onClose={onClose}
      onHold={onHold}
    >
      <div className={cn("font-semibold", isBad && "text-bad")}>{titleOf(order)}</div>
      <div className="truncate font-medium text-table">
        <bdi>{subtitleOf(order)}</bdi>
      </div>
      {cause !== null && <div className="text-bad text-table">{cause}</div>}
      <p className="mt-0.5 line-clamp-2 break-all text-muted text-table">
        <bdi>{beginning(order.item.payloadPreview)}</bdi>
      </p>
      <button
        type="button"
        onClick={() => {
          viewOrder(order);
          onClose();
        }}
        className={cn(
          "mt-2 rounded font-medium text-table underline-offset-4 hover:underline",
          isBad ? "text-bad" : "text-accent",
        )}
      >
        View details
      </button>
    </ToastFrame>
  );
}
