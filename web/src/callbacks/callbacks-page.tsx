// The Callbacks page: the live list of all that came, newest on top, with its filters.
import { CheckCheck, CloudOff, RefreshCw, SearchX } from "lucide-react";
import { toast } from "sonner";
import { useHistory, useMarkAllViewed, useUnviewedCount } from "@/api/callbacks";
import { isFiltered, readFilters } from "@/api/filters";
import { cn } from "@/lib/cn";
import { formatUnread } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { go, usePlace } from "@/ui/use-place";
import { CallbackList } from "./callback-list";
import { EmptyInbox } from "./empty-inbox";
import { clearFilters, FilterBar } from "./filter-bar";
import { ListSkeleton } from "./list-skeleton";

export function CallbacksPage() {
  const { search } = usePlace();
  const filters = readFilters(search);
  const history = useHistory(filters);
  const items = history.data?.pages.flatMap((page) => page.callbacks) ?? [];

  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 px-3 pt-3 pb-2 sm:px-4">
        <Heading />
        <div className="ml-auto flex items-center gap-1.5">
          <MarkAll />
          <IconButton
            icon={RefreshCw}
            label="Refresh"
            onClick={() => void history.refetch()}
            className={cn(history.isRefetching && "[&>svg]:motion-safe:animate-spin")}
          />
        </div>
      </div>
      <FilterBar filters={filters} />
      <List history={history} items={items} filtered={isFiltered(filters)} />
    </div>
  );
}

function Heading() {
  const unread = useUnviewedCount();
  return (
    <div className="flex items-baseline gap-2">
      <h1 className="font-semibold text-title tracking-tight">Callbacks</h1>
      <span className="text-muted" data-testid="unread">
        {unread === 0 ? "all viewed" : `${formatUnread(unread)} unread`}
      </span>
    </div>
  );
}

function MarkAll() {
  const nothing = useUnviewedCount() === 0;
  const mark = useMarkAllViewed();

  function markAll() {
    if (nothing || mark.isPending) return;
    mark.mutate(undefined, {
      onError: (error) => toast.error("Could not mark as viewed", { description: error.message }),
    });
  }
  return (
    <Button
      onClick={markAll}
      aria-label="Mark all viewed"
      aria-disabled={nothing}
      title={nothing ? "Everything has been viewed" : "Mark every callback as viewed"}
    >
      <CheckCheck className="size-4" aria-hidden />
      <span className="hidden sm:inline">Mark all viewed</span>
    </Button>
  );
}

type ListProps = {
  history: ReturnType<typeof useHistory>;
  items: Parameters<typeof CallbackList>[0]["items"];
  filtered: boolean;
};

function List({ history, items, filtered }: ListProps) {
  if (history.isPending) return <ListSkeleton />;
  if (history.isError && items.length === 0) {
    return (
      <Notice
        icon={CloudOff}
        title="The callbacks could not be loaded"
        tone="bad"
        className="flex-1"
      >
        <p className="text-muted">{history.error.message}</p>
        <Button onClick={() => void history.refetch()} className="mt-2">
          Try again
        </Button>
      </Notice>
    );
  }
  if (items.length > 0) {
    return (
      <CallbackList
        items={items}
        hasMore={history.hasNextPage}
        loadingMore={history.isFetchingNextPage}
        onMore={() => void history.fetchNextPage()}
      />
    );
  }
  if (!filtered) return <EmptyInbox />;
  return (
    <Notice icon={SearchX} title="Nothing matches these filters" className="flex-1">
      <Button onClick={() => go(clearFilters)} className="mt-2">
        Clear filters
      </Button>
    </Notice>
  );
}
