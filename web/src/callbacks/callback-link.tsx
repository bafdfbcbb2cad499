// The link from a row or card to the callback's window; it covers the whole of its row.
import { Link } from "wouter";
import type { HistoryItem } from "@/api/types";
import { withFront, writePlace } from "@/lib/place";
import { Foreign } from "@/ui/foreign";
import { usePlace } from "@/ui/use-place";

type Props = { item: HistoryItem; tabIndex: number };

export function CallbackLink({ item, tabIndex }: Props) {
  const place = usePlace();
  return (
    <Link
      href={writePlace(withFront(place, item.id))}
      tabIndex={tabIndex}
      className="text-ink outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
    >
      <Foreign text={item.callbackId} />
    </Link>
  );
}
