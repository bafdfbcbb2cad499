// A choice of one among a few, each with its words: native radio buttons, so that arrows move and a form
// sends them.
import { type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

export type Choice<T extends string> = {
  value: T;
  label: string;
  hint?: string;
  picture?: ReactNode;
};

type Props<T extends string> = {
  legend: string;
  /** Whether the words above are shown, or only told to screen readers. */
  quiet?: boolean;
  name: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
  className?: string;
};

export function ChoiceCards<T extends string>(props: Props<T>) {
  const { legend, quiet = false, name, choices, value, onChange, className } = props;
  const id = useId();
  return (
    <fieldset className="min-w-0">
      <legend className={quiet ? "sr-only" : "mb-1 font-medium text-label"}>{legend}</legend>
      <div className={cn("grid gap-2", className)}>
        {choices.map((choice) => (
          <label
            key={choice.value}
            className={cn(
              "relative flex cursor-pointer flex-col gap-2 rounded-lg border bg-surface p-2 transition-colors sm:p-2.5",
              "has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2",
              choice.value === value ? "border-accent" : "border-line hover:bg-hover",
            )}
          >
            {choice.picture}
            <span className="flex items-start gap-1.5 sm:gap-2">
              <input
                type="radio"
                name={name}
                value={choice.value}
                checked={choice.value === value}
                onChange={() => onChange(choice.value)}
                aria-describedby={choice.hint ? `${id}-${choice.value}` : undefined}
                className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
              />
              <span className="min-w-0">
                <span className="block font-medium">{choice.label}</span>
                {choice.hint && (
                  <span id={`${id}-${choice.value}`} className="block text-label text-muted">
                    {choice.hint}
                  </span>
                )}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
