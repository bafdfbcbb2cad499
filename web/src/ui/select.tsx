// A choice of one from a short list, in a line: the browser's own control, which every phone and every
// screen reader knows. One that cannot be used says why.
import { ChevronDown } from "lucide-react";
import { cn } from "@/lib/cn";

type Props<T extends string> = {
  label: string;
  value: T;
  choices: readonly { value: T; label: string }[];
  blocked?: string | null;
  onChange: (value: T) => void;
  className?: string;
};

export function Select<T extends string>(props: Props<T>) {
  const { label, value, choices, blocked, onChange, className } = props;

  function choose(text: string) {
    const chosen = choices.find((choice) => choice.value === text);
    if (chosen && chosen.value !== value) onChange(chosen.value);
  }
  return (
    <span className={cn("relative inline-flex", className)} title={blocked ?? undefined}>
      <select
        aria-label={label}
        value={value}
        disabled={Boolean(blocked)}
        title={blocked ?? undefined}
        onChange={(event) => choose(event.target.value)}
        className="h-8 w-full appearance-none rounded-md border border-line bg-surface pr-7 pl-2.5 hover:bg-hover disabled:pointer-events-none disabled:opacity-55"
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-2 right-2 size-4 text-muted"
        aria-hidden
      />
    </span>
  );
}
