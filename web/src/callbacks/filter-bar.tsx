// The filters of the list. They live in the URL; this only reads and writes it.
import { ChevronDown, Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useSources } from "@/api/callbacks";
import { type FilterName, type Filters, filterNames, isFiltered } from "@/api/filters";
import { cn } from "@/lib/cn";
import { type Place, withFilter } from "@/lib/place";
import { reveal } from "@/lib/reveal";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/ui/menu";
import { go } from "@/ui/use-place";

type Choice = { value: string; label: string };

const statuses: Choice[] = [
  { value: "received", label: "Received" },
  { value: "processed", label: "Processed" },
  { value: "error", label: "Error" },
];
const signatures: Choice[] = [
  { value: "valid", label: "Valid" },
  { value: "invalid", label: "Invalid" },
];
const views: Choice[] = [
  { value: "false", label: "Unread" },
  { value: "true", label: "Viewed" },
];
// These have no menu here; links set them, and they can be taken away.
const linked: { name: FilterName; label: string }[] = [
  { name: "job", label: "Job" },
  { name: "workflow", label: "Workflow" },
  { name: "event", label: "Event" },
  { name: "from", label: "From" },
  { name: "to", label: "To" },
];

export function clearFilters(place: Place): Place {
  return filterNames.reduce((cleared, name) => withFilter(cleared, name, null), place);
}

function set(name: FilterName, value: string | null): void {
  go((place) => withFilter(place, name, value));
}

export function FilterBar({ filters }: { filters: Filters }) {
  const sources = useSources()?.map(({ name }) => ({ value: name, label: name })) ?? [];
  return (
    <search className="flex items-center gap-1.5 overflow-x-auto px-3 pt-0.5 pb-3 sm:flex-wrap sm:px-4">
      <SearchBox value={filters.q ?? ""} />
      <Filter name="status" label="Status" choices={statuses} value={filters.status} />
      <Filter name="signature" label="Signature" choices={signatures} value={filters.signature} />
      <Filter name="viewed" label="Viewed" choices={views} value={filters.viewed} />
      {sources.length > 1 && (
        <Filter name="source" label="Source" choices={sources} value={filters.source} />
      )}
      {linked.map(({ name, label }) => {
        const value = filters[name];
        return value === undefined ? null : (
          <Chip key={name} name={name} label={label} value={value} />
        );
      })}
      {isFiltered(filters) && (
        <button
          type="button"
          onClick={() => go(clearFilters)}
          className="h-8 shrink-0 rounded-md px-2 text-muted hover:text-ink"
        >
          Clear
        </button>
      )}
    </search>
  );
}

// A request for each key pressed would be waste; a wait that is felt would be worse.
const typingMs = 250;

function SearchBox({ value }: { value: string }) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The URL changed by other means (back, clear): show it.
  useEffect(() => setText(value), [value]);

  function type(next: string) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(
      () => go((place) => withFilter(place, "q", next.trim()), true),
      typingMs,
    );
  }
  return (
    <label className="relative w-44 shrink-0 sm:w-64">
      <span className="sr-only">Search in id, workflow and preview</span>
      <Search className="absolute top-2 left-2.5 size-4 text-muted" aria-hidden />
      <input
        type="search"
        value={text}
        onChange={(event) => type(event.target.value)}
        placeholder="Search"
        className="h-8 w-full rounded-md border border-line bg-surface pr-2 pl-8 placeholder:text-muted"
      />
    </label>
  );
}

type FilterProps = {
  name: FilterName;
  label: string;
  choices: Choice[];
  value: string | undefined;
};

function Filter({ name, label, choices, value }: FilterProps) {
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <Menu modal={false}>
      <MenuTrigger
        className={cn(
          "inline-flex h-8 shrink-0 items-center gap-1 rounded-md border px-2.5",
          chosen
            ? "border-accent bg-accent-soft text-accent"
            : "border-line bg-surface hover:bg-hover",
        )}
      >
        {label}
        {chosen && <span className="font-medium">: {chosen.label}</span>}
        <ChevronDown className="size-3.5 opacity-70" aria-hidden />
      </MenuTrigger>
      <MenuContent align="start">
        <MenuRadioGroup value={value ?? ""} onValueChange={(next) => set(name, next || null)}>
          <MenuRadioItem value="">Any</MenuRadioItem>
          {choices.map((choice) => (
            <MenuRadioItem key={choice.value} value={choice.value}>
              {choice.label}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}

function Chip({ name, label, value }: { name: FilterName; label: string; value: string }) {
  return (
    <span className="inline-flex h-8 max-w-72 shrink-0 items-center gap-1 rounded-md border border-accent bg-accent-soft pl-2.5 text-accent">
      <span>{label}:</span>
      <bdi className="truncate font-medium">{reveal(value)}</bdi>
      <button
        type="button"
        onClick={() => set(name, null)}
        aria-label={`Remove the filter ${label}`}
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-md"
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  );
}
