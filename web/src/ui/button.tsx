// Buttons: one with words, one that says that it is at work, one with an icon alone (which must be given
// its words). One that cannot be used stays in reach and says why.
import { LoaderCircle, type LucideIcon } from "lucide-react";
import type { ComponentProps, MouseEvent } from "react";
import { toast } from "sonner";
import { cn } from "@/lib/cn";

const looks = {
  primary: "bg-accent text-accent-ink hover:opacity-90",
  danger: "bg-bar-bad text-bar-ink hover:opacity-90",
  plain: "border border-line bg-surface text-ink hover:bg-hover",
  quiet: "text-muted hover:bg-hover hover:text-ink",
} as const;

type Blockable = {
  /** Why it does nothing now: told on hover, to screen readers, and to whoever presses it. */
  blocked?: string | null | undefined;
};

type ButtonProps = ComponentProps<"button"> & Blockable & { look?: keyof typeof looks };

export function Button({ look = "plain", blocked, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      title={blocked || rest.title}
      {...(blocked ? blockedProps(blocked) : {})}
      className={cn(
        "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 font-medium transition-colors",
        "disabled:opacity-55 aria-disabled:opacity-55",
        looks[look],
        className,
      )}
    />
  );
}

/** While it is at work it keeps the focus, and does nothing a second time. */
export function BusyButton({ busy, children, ...rest }: ButtonProps & { busy: boolean }) {
  const guard = busy ? { "aria-disabled": true, onClick: swallow } : {};
  return (
    <Button {...rest} {...guard} aria-busy={busy}>
      {busy && <LoaderCircle className="size-4 motion-safe:animate-spin" aria-hidden />}
      {children}
    </Button>
  );
}

type IconButtonProps = ComponentProps<"button"> & Blockable & { icon: LucideIcon; label: string };

export function IconButton({ icon: Icon, label, blocked, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      {...rest}
      title={blocked || (rest.title ?? label)}
      {...(blocked ? blockedProps(blocked) : {})}
      className={cn(
        "inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink",
        "aria-disabled:opacity-55",
        className,
      )}
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}

function blockedProps(reason: string) {
  const tell = (event: MouseEvent) => {
    swallow(event);
    toast.info(reason, { id: "blocked" });
  };
  return { "aria-disabled": true, onClick: tell };
}

/** Also keeps a form from being submitted, by this button or by Enter in a field. */
function swallow(event: MouseEvent): void {
  event.preventDefault();
}
