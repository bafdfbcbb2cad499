// How much is used of what there is at most.
import { cn } from "@/lib/cn";

type Props = { label: string; value: number; max: number };

// From here on it is no longer at ease.
const muchShare = 0.8;

export function Meter({ label, value, max }: Props) {
  const share = max > 0 ? Math.min(value / max, 1) : 0;
  const percent = share * 100;
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      className="h-1.5 w-full max-w-80 overflow-hidden rounded-full bg-hover"
    >
      <div
        className={cn(
          "h-full rounded-full motion-safe:transition-[width]",
          share < muchShare ? "bg-accent" : "bg-bad",
        )}
        // Something is something, however little.
        style={{ width: `${value > 0 ? Math.max(percent, 1) : 0}%` }}
      />
    </div>
  );
}
