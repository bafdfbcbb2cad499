// A toast about the installation: something that an operator should see to.
import { CircleCheck, type LucideIcon, ServerCrash, TriangleAlert } from "lucide-react";
import type { Alert } from "@/api/stream/messages";
import { ToastFrame, type ToastTone } from "./toast-frame";

type Props = { alert: Alert; onClose: () => void; onHold: (held: boolean) => void };

export function AlertCard({ alert, onClose, onHold }: Props) {
  const { icon, tone } = lookOf(alert.severity);
  return (
    <ToastFrame label={alert.title} icon={icon} tone={tone} onClose={onClose} onHold={onHold}>
      <div className="font-semibold">{alert.title}</div>
      <p className="mt-0.5 text-muted text-table [overflow-wrap:anywhere] first-letter:uppercase">
        {alert.detail}
      </p>
    </ToastFrame>
  );
}

function lookOf(severity: string): { icon: LucideIcon; tone: ToastTone } {
  switch (severity) {
    case "error":
      return { icon: ServerCrash, tone: "bad" };
    case "info":
      return { icon: CircleCheck, tone: "good" };
    default:
      return { icon: TriangleAlert, tone: "warn" };
  }
}
