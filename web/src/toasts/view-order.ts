// Where "View details" leads: to the callback, or, from one toast for many, to the list of them.
import type { ToastOrder } from "@/api/stream/messages";
import { withFilter, withFront } from "@/lib/place";
import { go } from "@/ui/use-place";
import { isOneCallback } from "./words";

export function viewOrder(order: ToastOrder): void {
  if (isOneCallback(order)) go((place) => withFront(place, order.item.id));
  else if (order.kind === "invalid") go((place) => withFilter(place, "signature", "invalid"));
  else go((place) => withFilter(place, "viewed", "false"));
}
