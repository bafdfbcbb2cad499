// Shows what the stream asks to be toasted. Which toasts there are, and in which tab, was decided
// before; a key that is on screen already is shown again in place.
import { toast } from "sonner";
import type { LiveHandlers } from "@/api/live";
import { ToastCard } from "./toast-card";

// Long enough to read and to reach for "View details".
const onScreenMs = 10_000;

export const streamToasts: LiveHandlers = {
  onToasts(orders) {
    for (const order of orders) {
      toast.custom((id) => <ToastCard order={order} onClose={() => toast.dismiss(id)} />, {
        id: order.key,
        duration: onScreenMs,
        unstyled: true,
      });
    }
  },
  onAlert(alert) {
    const show = alert.severity === "info" ? toast.info : toast.warning;
    show(alert.title, {
      id: `alert:${alert.kind}`,
      description: alert.detail,
      duration: onScreenMs,
    });
  },
};
