// How the server that answers is doing, kept up to date for as long as it is looked at.
import { RefreshCw } from "lucide-react";
import { useSpool, useSystem } from "@/api/system";
import { cn } from "@/lib/cn";
import { IconButton } from "@/ui/button";
import { Loaded } from "@/ui/loaded";
import { PageHeading } from "@/ui/section";
import { Time } from "@/ui/time";
import { SystemAlerts } from "./system-alerts";
import { SystemLoad } from "./system-load";
import { SystemNode } from "./system-node";
import { SystemSpool } from "./system-spool";

export function SystemSection() {
  const system = useSystem();
  const spool = useSpool(system);
  return (
    <>
      <PageHeading
        title="System"
        about="The node that answers you, as it is now; with several nodes, each has its own numbers."
        action={<Freshness query={system} />}
      />
      <Loaded query={system} what="state of the system" skeleton={<TilesSkeleton />}>
        {(state) => (
          <>
            <SystemAlerts alerts={state.alerts} calm={!spool?.active} />
            <SystemLoad state={state} />
            <SystemSpool spool={spool ?? null} />
            <SystemNode state={state} />
          </>
        )}
      </Loaded>
      {system.data === undefined && spool && <SystemSpool spool={spool} />}
    </>
  );
}

function Freshness({ query }: { query: ReturnType<typeof useSystem> }) {
  const { dataUpdatedAt, isFetching, refetch } = query;
  return (
    <div className="flex items-center gap-1 text-label text-muted">
      {dataUpdatedAt > 0 && (
        <span>
          read <Time iso={new Date(dataUpdatedAt).toISOString()} />
        </span>
      )}
      <IconButton
        icon={RefreshCw}
        label="Refresh"
        onClick={() => void refetch()}
        className={cn(isFetching && "[&>svg]:motion-safe:animate-spin")}
      />
    </div>
  );
}

function TilesSkeleton() {
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3">
      {["a", "b", "c", "d", "e", "f"].map((tile) => (
        <div key={tile} className="bg-surface px-3.5 py-4">
          <div className="mb-3 h-2 w-20 rounded-full bg-hover motion-safe:animate-breathe" />
          <div className="h-4 w-12 rounded-full bg-hover motion-safe:animate-breathe" />
        </div>
      ))}
    </div>
  );
}
