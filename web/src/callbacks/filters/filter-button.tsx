// The button that a filter's menu or panel hangs from: its name, and what is chosen.
import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { Foreign } from "@/ui/foreign";

type Props = ComponentProps<"button"> & { label: string; chosen: string | null };

export function FilterButton({ label, chosen, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={cn(
        "inline-flex h-8 max-w-64 shrink-0 items-center gap-1 rounded-md border px-2.5",
        chosen === null
          ? "border-line bg-surface hover:bg-hover"
          : "border-accent bg-accent-soft text-accent",
      )}
    >
      {chosen === null ? label : `${label}:`}
      {chosen !== null && <Foreign text={chosen} className="min-w-0 truncate font-medium" />}
      <ChevronDown className="size-3.5 shrink-0 opacity-70" aria-hidden />
    </button>
  );
}
