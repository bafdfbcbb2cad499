// The filters of the list. They live in the URL; this only reads and writes it.
import { X } from "lucide-react";
import { useFacets } from "@/api/facets";
import { type Filters, isFiltered } from "@/api/filters";
import { useCommands } from "@/lib/commands";
import { Foreign } from "@/ui/foreign";
import { ChoiceFilter } from "./choice-filter";
import { FacetFilter } from "./facet-filter";
import { filterCommands } from "./filter-commands";
import { SearchBox } from "./search-box";
import { clearFilters, setFilter } from "./set-filter";
import { TimeFilter } from "./time-filter";

export function FilterBar({ filters }: { filters: Filters }) {
  const facets = useFacets();
  useCommands(filterCommands(facets, filters));
  return (
    <search className="flex shrink-0 items-center gap-1.5 overflow-x-auto px-3 pt-0.5 pb-3 sm:flex-wrap sm:px-4">
      <SearchBox value={filters.q ?? ""} />
      <ChoiceFilter name="status" value={filters.status} />
      <FacetFilter name="event" label="Event" values={facets.events} value={filters.event} />
      <FacetFilter
        name="workflow"
        label="Workflow"
        values={facets.workflows}
        value={filters.workflow}
      />
      <FacetFilter name="source" label="Source" values={facets.sources} value={filters.source} />
      <TimeFilter from={filters.from} to={filters.to} />
      <ChoiceFilter name="viewed" value={filters.viewed} />
      <ChoiceFilter name="signature" value={filters.signature} />
      {filters.job !== undefined && <JobChip job={filters.job} />}
      {isFiltered(filters) && (
        <button
          type="button"
          onClick={clearFilters}
          className="h-8 shrink-0 rounded-md px-2 text-muted hover:text-ink"
        >
          Clear
        </button>
      )}
    </search>
  );
}

/** A job is filtered by following a link to it, and can be taken away. */
function JobChip({ job }: { job: string }) {
  return (
    <span className="inline-flex h-8 max-w-72 shrink-0 items-center gap-1 rounded-md border border-accent bg-accent-soft pl-2.5 text-accent">
      <span>Job:</span>
      <Foreign text={job} className="truncate font-medium font-mono" />
      <button
        type="button"
        onClick={() => setFilter("job", null)}
        aria-label="Remove the filter Job"
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-md"
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  );
}
