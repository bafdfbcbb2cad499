// What a row says of its payload; of one that did not verify, why, first.
import { causeWords } from "@/api/cause-words";
import type { HistoryItem } from "@/api/types";
import { Foreign } from "@/ui/foreign";

export function RowPreview({ item: { cause, payloadPreview } }: { item: HistoryItem }) {
  return (
    <>
      {cause !== null && <span className="text-bad">{causeWords(cause)} · </span>}
      <Foreign text={payloadPreview} />
    </>
  );
}
