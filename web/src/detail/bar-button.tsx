// A button on the bar of a window.
import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

type Props = ComponentProps<"button"> & { icon: LucideIcon; label: string };

export function BarButton({ icon: Icon, label, className, ...rest }: Props) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      // Twice in a row is no double-click on the bar.
      onDoubleClick={(event) => event.stopPropagation()}
      {...rest}
      className={cn(
        "inline-flex size-8 shrink-0 items-center justify-center rounded-md hover:bg-bar-ink/15 focus-visible:outline-bar-ink focus-visible:-outline-offset-2 data-[state=open]:bg-bar-ink/15",
        className,
      )}
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}
