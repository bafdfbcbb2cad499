// Every filter as an entry of the command menu.
import type { Facets } from "@/api/facets";
import { type FilterName, type Filters, isFiltered } from "@/api/filters";
import type { Command } from "@/lib/commands";
import { lastMinutes, spans } from "@/lib/time-range";
import { choices } from "./choices";
import { clearFilters, setFilter } from "./set-filter";
import { setTimeRange } from "./time-filter";

export function filterCommands(facets: Facets, filters: Filters): Command[] {
  const few = (["status", "viewed", "signature"] as const).flatMap((name) =>
    choices[name].choices.map(({ value, label }) =>
      filter(name, `${choices[name].label}: ${label}`, value),
    ),
  );
  const many = [
    ...facets.events.map((event) => filter("event", `Event: ${event}`, event)),
    ...facets.workflows.map((name) => filter("workflow", `Workflow: ${name}`, name)),
    ...facets.sources.map((source) => filter("source", `Source: ${source}`, source)),
  ];
  const times = spans.map(({ label, minutes }) => ({
    id: `filter:time:${minutes}`,
    section: "Filter" as const,
    title: `Received: ${label}`,
    run: () => setTimeRange(lastMinutes(minutes, Date.now())),
  }));
  const clear: Command = {
    id: "filter:clear",
    section: "Filter",
    title: "Clear filters",
    run: clearFilters,
    blocked: isFiltered(filters) ? null : "Nothing is filtered",
  };
  return [clear, ...few, ...times, ...many];
}

function filter(name: FilterName, title: string, value: string): Command {
  return {
    id: `filter:${name}:${value}`,
    section: "Filter",
    title,
    run: () => setFilter(name, value),
  };
}
