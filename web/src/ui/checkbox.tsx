// A box to tick, with a target that a finger can hit around it.
import { Check, Minus } from "lucide-react";
import { useEffect, useRef } from "react";
import { cn } from "@/lib/cn";

type Props = {
  label: string;
  /** Whether the words stand beside it, or are only told to screen readers. */
  showLabel?: boolean;
  checked: boolean;
  /** Some of what it stands for is ticked. */
  mixed?: boolean;
  onChange: (shift: boolean) => void;
  tabIndex?: number | undefined;
  className?: string;
};

export function Checkbox(props: Props) {
  const { label, showLabel = false, checked, mixed = false, onChange, tabIndex, className } = props;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = mixed;
  }, [mixed]);
  const Icon = mixed ? Minus : Check;
  return (
    <label
      title={label}
      className={cn("inline-flex h-8 cursor-pointer select-none items-center", className)}
    >
      <span className="relative inline-flex w-8 shrink-0 justify-center">
        <input
          ref={box}
          type="checkbox"
          aria-label={label}
          checked={checked}
          tabIndex={tabIndex}
          onChange={(event) => {
            const cause = event.nativeEvent;
            onChange("shiftKey" in cause && cause.shiftKey === true);
          }}
          className="peer size-4 cursor-pointer appearance-none rounded border border-muted/65 bg-surface checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent"
        />
        <Icon
          className="pointer-events-none absolute inset-y-0 m-auto hidden size-3.5 text-accent-ink peer-checked:block peer-indeterminate:block"
          strokeWidth={3}
          aria-hidden
        />
      </span>
      {showLabel && <span aria-hidden>{label}</span>}
    </label>
  );
}
