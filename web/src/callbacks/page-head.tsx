// The line above the list: how much is unread, and what can be done with all of it; or, when some are
// selected, with those.
import { CheckCheck, RefreshCw } from "lucide-react";
import { toast } from "sonner";
import { useMarkAllViewed, useUnviewedCount } from "@/api/callbacks";
import type { Filters } from "@/api/filters";
import type { History } from "@/api/history";
import { useSelection } from "@/api/selection";
import { cn } from "@/lib/cn";
import { useCommands } from "@/lib/commands";
import { formatUnread } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { ExportMenu } from "./export-menu";
import { SelectionHead } from "./selection-head";

type Props = { history: History; filters: Filters };

export function PageHead({ history, filters }: Props) {
  const selection = useSelection();
  return (
    <div className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 px-3 pt-3 pb-2 sm:px-4">
      {selection.size > 0 ? (
        <SelectionHead selection={selection} />
      ) : (
        <>
          <Heading />
          <div className="ml-auto flex items-center gap-1.5">
            <MarkAll />
            <ExportMenu what={{ filters }} />
            <Refresh history={history} />
          </div>
        </>
      )}
    </div>
  );
}

function Heading() {
  const unread = useUnviewedCount();
  return (
    <div className="flex flex-col sm:flex-row sm:items-baseline sm:gap-2">
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
  const blocked = nothing ? "Everything has been viewed" : null;

  function markAll() {
    if (mark.isPending) return;
    mark.mutate(undefined, {
      onError: (error) => toast.error("Could not mark as viewed", { description: error.message }),
    });
  }
  useCommands([
    { id: "mark-all", section: "Callbacks", title: "Mark all viewed", run: markAll, blocked },
  ]);
  return (
    <Button
      onClick={markAll}
      aria-label="Mark all viewed"
      blocked={blocked}
      title="Mark every callback as viewed, whatever is filtered"
    >
      <CheckCheck className="size-4" aria-hidden />
      <span className="hidden sm:inline">Mark all viewed</span>
    </Button>
  );
}

function Refresh({ history: { refresh, isReading } }: { history: History }) {
  useCommands([{ id: "refresh", section: "Callbacks", title: "Refresh", key: "r", run: refresh }]);
  return (
    <IconButton
      icon={RefreshCw}
      label="Refresh"
      onClick={refresh}
      aria-busy={isReading}
      className={cn(isReading && "[&>svg]:motion-safe:animate-spin")}
    />
  );
}
