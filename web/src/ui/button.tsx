// Buttons: one with words, one with an icon alone (which must be given its words).
import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const looks = {
  primary: "bg-accent text-accent-ink hover:opacity-90",
  plain: "border border-line bg-surface text-ink hover:bg-hover",
  quiet: "text-muted hover:bg-hover hover:text-ink",
} as const;

type ButtonProps = ComponentProps<"button"> & { look?: keyof typeof looks };

export function Button({ look = "plain", className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={cn(
        "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 font-medium transition-colors",
        "disabled:opacity-55 aria-disabled:opacity-55",
        looks[look],
        className,
      )}
    />
  );
}

type IconButtonProps = ComponentProps<"button"> & { icon: LucideIcon; label: string };

export function IconButton({ icon: Icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={cn(
        "inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink",
        className,
      )}
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}
