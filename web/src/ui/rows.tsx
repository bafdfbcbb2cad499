// A list of things that are managed: each with a picture, a name, what is known about it, and what can be
// done with it. One that is empty says what would be in it.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul
      aria-label={label}
      className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface"
    >
      {children}
    </ul>
  );
}

type RowProps = {
  icon: LucideIcon;
  title: ReactNode;
  /** Facts on the second line, set apart by dots. */
  facts: readonly ReactNode[];
  actions?: ReactNode;
  /** The name takes the whole width of a phone; what can be done stands below it. */
  wide?: boolean;
};

export function Row({ icon: Icon, title, facts, actions, wide = false }: RowProps) {
  return (
    <li className="flex items-center gap-3 px-3 py-3 compact:py-1.5 sm:px-3.5">
      <span className="hidden size-8 shrink-0 items-center justify-center rounded-lg bg-hover text-muted sm:inline-flex">
        <Icon className="size-4" aria-hidden />
      </span>
      <div className="grid min-w-0 flex-1 grid-cols-[1fr_auto] items-center gap-x-3">
        <div
          className={cn(
            "flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 font-medium [overflow-wrap:anywhere]",
            wide && "max-sm:col-span-2",
          )}
        >
          {title}
        </div>
        <div className="col-start-1 min-w-0 text-label text-muted">
          {facts.map((fact, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place of a fact is its meaning
            <span key={index} className="not-last:after:content-['_·_'] [overflow-wrap:anywhere]">
              {fact}
            </span>
          ))}
        </div>
        {actions && (
          <div
            className={cn(
              "col-start-2 flex items-center gap-1.5 sm:row-span-2 sm:row-start-1",
              wide ? "max-sm:row-start-2 max-sm:mt-1" : "row-span-2 row-start-1",
            )}
          >
            {actions}
          </div>
        )}
      </div>
    </li>
  );
}
