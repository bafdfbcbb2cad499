// The frame that all toasts share: a sign, what it says, and a way to put it aside.
import { type LucideIcon, X } from "lucide-react";
import type { FocusEvent, ReactNode } from "react";
import { cn } from "@/lib/cn";

export type ToastTone = "accent" | "good" | "bad" | "warn";

const tones = {
  accent: { border: "border-line", sign: "bg-accent-soft text-accent" },
  good: { border: "border-line", sign: "bg-good-soft text-good" },
  bad: { border: "border-bad", sign: "bg-bad-soft text-bad" },
  warn: { border: "border-warn", sign: "bg-warn-soft text-warn" },
} as const;

type Props = {
  label: string;
  icon: LucideIcon;
  tone: ToastTone;
  onClose: () => void;
  /** Somebody is in it with the keyboard, or no longer: it must not vanish meanwhile. */
  onHold: (held: boolean) => void;
  children: ReactNode;
};

export function ToastFrame({ label, icon: Icon, tone, onClose, onHold, children }: Props) {
  function left({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) {
    if (!currentTarget.contains(relatedTarget)) onHold(false);
  }
  function entered({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) {
    if (!currentTarget.contains(relatedTarget)) onHold(true);
  }
  return (
    <div
      role="group"
      aria-label={label}
      // It is told in other words and at another pace than it changes.
      aria-live="off"
      onFocus={entered}
      onBlur={left}
      className={cn(
        "flex w-full gap-3 rounded-xl border bg-surface p-3.5 text-ink text-toast shadow-window sm:w-100",
        tones[tone].border,
      )}
    >
      <span
        className={cn(
          "mt-px inline-flex size-8 shrink-0 items-center justify-center rounded-lg",
          tones[tone].sign,
        )}
      >
        <Icon className="size-4.5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">{children}</div>
      <button
        type="button"
        onClick={onClose}
        aria-label="Dismiss"
        title="Dismiss"
        className="-mt-1 -mr-1 inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
      >
        <X className="size-4" aria-hidden />
      </button>
    </div>
  );
}
