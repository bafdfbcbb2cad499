// A choice of one among very few short words, side by side: native radio buttons in a row.
import { useId } from "react";
import { cn } from "@/lib/cn";

type Props<T extends string> = {
  legend: string;
  choices: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
  disabled?: boolean;
};

export function Segmented<T extends string>({
  legend,
  choices,
  value,
  onChange,
  disabled = false,
}: Props<T>) {
  const name = useId();
  return (
    <fieldset disabled={disabled} className="min-w-0 disabled:opacity-55">
      <legend className="sr-only">{legend}</legend>
      <div className="inline-flex rounded-lg border border-line bg-sunken p-0.5">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className={cn(
              "inline-flex h-7 cursor-pointer items-center rounded-md px-2.5 text-label",
              "has-focus-visible:outline-2 has-focus-visible:outline-accent",
              choice.value === value
                ? "bg-raised font-medium text-ink shadow-pop"
                : "text-muted hover:text-ink",
              disabled && "cursor-default",
            )}
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              className="sr-only"
            />
            {choice.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
