// One line of settings: its words on the left, what sets it on the right, and below what belongs to it.
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

type Props = {
  title: string;
  hint?: ReactNode;
  /** The id of what sets it, so that its words do so too. */
  htmlFor?: string;
  control: ReactNode;
  children?: ReactNode;
  className?: string;
};

export function Setting({ title, hint, htmlFor, control, children, className }: Props) {
  return (
    <div className={cn("border-line border-b px-4 py-3 last:border-b-0", className)}>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="min-w-48 flex-1">
          {htmlFor ? (
            <label htmlFor={htmlFor} className="block font-medium">
              {title}
            </label>
          ) : (
            <div className="font-medium">{title}</div>
          )}
          {hint && (
            <p id={htmlFor && `${htmlFor}-hint`} className="mt-0.5 max-w-120 text-label text-muted">
              {hint}
            </p>
          )}
        </div>
        {control}
      </div>
      {children}
    </div>
  );
}
