// When callbacks were received: a span up to now, or from one moment to another.
import { type FormEvent, useState } from "react";
import { cn } from "@/lib/cn";
import { withFilter } from "@/lib/place";
import {
  describeRange,
  fromLocalField,
  lastMinutes,
  spans,
  type TimeRange,
  toLocalField,
} from "@/lib/time-range";
import { Button } from "@/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/ui/popover";
import { go } from "@/ui/use-place";
import { FilterButton } from "./filter-button";

export function setTimeRange({ from, to }: TimeRange): void {
  go((place) => withFilter(withFilter(place, "from", from ?? null), "to", to ?? null));
}

export function TimeFilter({ from, to }: TimeRange) {
  const [open, setOpen] = useState(false);

  function choose(range: TimeRange) {
    setOpen(false);
    setTimeRange(range);
  }
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <FilterButton label="Received" chosen={describeRange({ from, to }, Date.now())} />
      </PopoverTrigger>
      <PopoverContent aria-label="Filter by time received" className="w-64 overflow-y-auto p-1">
        {spans.map(({ label, minutes }) => (
          <button
            key={label}
            type="button"
            onClick={() => choose(lastMinutes(minutes, Date.now()))}
            className={rowLook}
          >
            {label}
          </button>
        ))}
        {(from ?? to) !== undefined && (
          <button type="button" onClick={() => choose({})} className={rowLook}>
            Any time
          </button>
        )}
        <Between from={from} to={to} onChoose={choose} />
      </PopoverContent>
    </Popover>
  );
}

const rowLook = "flex min-h-8 w-full items-center rounded-md px-2 py-1 text-left hover:bg-hover";

function Between({ from, to, onChoose }: TimeRange & { onChoose: (range: TimeRange) => void }) {
  const [wrong, setWrong] = useState<string | null>(null);

  function apply(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const range = {
      from: fromLocalField(String(fields.get("from"))),
      to: fromLocalField(String(fields.get("to"))),
    };
    if (range.from === undefined && range.to === undefined) setWrong("Give at least one of them.");
    else if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
      setWrong("The end must be after the beginning.");
    else onChoose(range);
  }
  return (
    <form onSubmit={apply} className="mt-1 flex flex-col gap-2 border-line border-t p-2">
      <Moment name="from" label="From" iso={from} />
      <Moment name="to" label="To" iso={to} />
      {wrong !== null && (
        <p role="alert" className="text-bad text-label">
          {wrong}
        </p>
      )}
      <Button type="submit" className="self-end">
        Apply
      </Button>
    </form>
  );
}

function Moment({ name, label, iso }: { name: string; label: string; iso: string | undefined }) {
  return (
    <label className="flex items-center gap-2">
      <span className="w-10 text-label text-muted">{label}</span>
      <input
        type="datetime-local"
        name={name}
        defaultValue={toLocalField(iso)}
        className={cn("h-8 min-w-0 flex-1 rounded-md border border-line bg-surface px-2")}
      />
    </label>
  );
}
