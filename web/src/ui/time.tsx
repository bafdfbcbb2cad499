// A moment: relative to now, exact on hover and for machines.
import { formatAbsolute, formatRelative } from "@/lib/format";
import { timeZone } from "@/lib/time-zone";
import { useNow } from "@/lib/use-now";

export function Time({ iso, className }: { iso: string; className?: string }) {
  const now = useNow();
  timeZone.use();
  return (
    <time dateTime={iso} title={formatAbsolute(iso)} className={className}>
      {formatRelative(iso, now)}
    </time>
  );
}
