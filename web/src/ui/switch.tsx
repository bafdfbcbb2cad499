// A switch: something is on or off at once, without a button that saves it.
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

type Props = Omit<ComponentProps<"input">, "type" | "role" | "onChange"> & {
  checked: boolean;
  onChange: (checked: boolean) => void;
};

export function Switch({ onChange, className, ...input }: Props) {
  return (
    <input
      {...input}
      type="checkbox"
      role="switch"
      aria-checked={input.checked}
      onChange={(event) => onChange(event.target.checked)}
      className={cn(
        "relative h-5 w-9 shrink-0 cursor-pointer appearance-none rounded-full border transition-colors",
        "before:absolute before:top-0.5 before:left-0.5 before:size-3.5 before:rounded-full before:transition-transform",
        "border-line-strong bg-sunken before:bg-muted",
        "checked:border-accent checked:bg-accent checked:before:translate-x-4 checked:before:bg-accent-ink",
        "disabled:cursor-default disabled:opacity-55",
        // Where colours are the system's own, the knob must still be seen.
        "forced-colors:before:bg-[ButtonText]",
        className,
      )}
    />
  );
}
