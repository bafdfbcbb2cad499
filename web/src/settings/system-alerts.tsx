// What needs somebody's attention, or that nothing does.
import { CircleCheck, TriangleAlert } from "lucide-react";
import type { System } from "@/api/types";
import { Time } from "@/ui/time";

type Props = {
  alerts: System["alerts"];
  /** Nothing is known from elsewhere that needs somebody. */
  calm: boolean;
};

export function SystemAlerts({ alerts, calm }: Props) {
  if (alerts.length === 0) {
    if (!calm) return null;
    return (
      <p className="mb-6 flex items-center gap-2.5 rounded-xl bg-good-soft px-3.5 py-3 text-good">
        <CircleCheck className="size-4.5 shrink-0" aria-hidden />
        Nothing needs your attention.
      </p>
    );
  }
  return (
    <ul aria-label="Alerts" className="mb-6 space-y-2">
      {alerts.map(({ kind, title, detail, at }) => (
        <li key={kind} className="flex gap-2.5 rounded-xl bg-warn-soft px-3.5 py-3">
          <TriangleAlert className="mt-px size-4.5 shrink-0 text-warn" aria-hidden />
          <div className="min-w-0 flex-1">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="font-medium text-warn">{title}</span>
              <Time iso={at} className="text-label text-warn" />
            </div>
            <p className="[overflow-wrap:anywhere] first-letter:uppercase">{detail}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
