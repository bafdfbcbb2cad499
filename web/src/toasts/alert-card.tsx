// A toast about the installation: something that an operator should see to.
import { ServerCrash, TriangleAlert } from "lucide-react";
import type { Alert } from "@/api/stream/messages";
import { ToastFrame } from "./toast-frame";

type Props = { alert: Alert; onClose: () => void; onHold: (held: boolean) => void };

export function AlertCard({ alert, onClose, onHold }: Props) {
  const isBad = alert.severity === "error";
  return (
    <ToastFrame
      label={alert.title}
      icon={isBad ? ServerCrash : TriangleAlert}
      tone={isBad ? "bad" : "warn"}
      onClose={onClose}
      onHold={onHold}
    >
      <div className="font-semibold">{alert.title}</div>
      <p className="mt-0.5 text-muted text-table [overflow-wrap:anywhere] first-letter:uppercase">
        {alert.detail}
      </p>
    </ToastFrame>
  );
}
