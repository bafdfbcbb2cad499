// The event of a callback, in the sender's own word.
import { Badge } from "@/ui/badge";
import { Foreign } from "@/ui/foreign";

export function EventBadge({ event }: { event: string | null }) {
  if (event === null) return <span className="text-muted">–</span>;
  return (
    <Badge tone="neutral">
      <Foreign text={event} className="truncate" />
    </Badge>
  );
}
