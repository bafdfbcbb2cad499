// What stands below the last row: that more is coming, that it could not be had, or that this is all.
import { endlessMax, type History } from "@/api/history";
import { hasMore } from "@/api/listing";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Searching } from "./searching";

type Props = { history: History; length: number };

export function ListEnd({ history, length }: Props) {
  const { listing, paging, error, retry, searchedTo } = history;
  if (error !== null) {
    return (
      <div role="alert" className="flex min-h-12 flex-wrap items-center justify-center gap-2 px-3">
        <span className="text-bad">More could not be loaded: {error.message}</span>
        <Button onClick={retry}>Try again</Button>
      </div>
    );
  }
  const searching = searchedTo !== null && <Searching searchedTo={searchedTo} />;
  if (paging.size !== null && !searching) return null;
  return (
    <div role="status" className="flex h-10 items-center justify-center text-label text-muted">
      {searching || endText(length, hasMore(listing))}
    </div>
  );
}

function endText(length: number, more: boolean): string {
  if (length >= endlessMax) {
    return `These are the newest ${formatCount(length)}. Filter by time to see older ones.`;
  }
  if (more) return "Loading more";
  return `That is all: ${formatCount(length)} ${length === 1 ? "callback" : "callbacks"}`;
}
