// The parts of a page that is not a list of callbacks: its heading, and groups of rows or controls.
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { usePageTitle } from "@/lib/page-title";

type HeadingProps = { title: string; about?: ReactNode; action?: ReactNode };

/** The page's own heading; it gives the tab its title too. */
export function PageHeading({ title, about, action }: HeadingProps) {
  usePageTitle(title);
  return (
    <header className="mb-5 flex flex-wrap items-end gap-x-4 gap-y-3">
      <div className="min-w-56 flex-1">
        <h1 className="font-semibold text-title tracking-tight">{title}</h1>
        {about && <p className="mt-0.5 max-w-160 text-muted">{about}</p>}
      </div>
      {action}
    </header>
  );
}

type GroupProps = {
  title?: string;
  about?: ReactNode;
  action?: ReactNode;
  className?: string;
  children: ReactNode;
};

/** What belongs together, with a heading of its own where the page has several. */
export function Group({ title, about, action, className, children }: GroupProps) {
  return (
    <section aria-label={title} className="mb-8">
      {title && (
        <div className="mb-2.5 flex flex-wrap items-end justify-between gap-x-4 gap-y-1">
          <div className="min-w-0">
            <h2 className="font-semibold">{title}</h2>
            {about && <p className="max-w-160 text-label text-muted">{about}</p>}
          </div>
          {action}
        </div>
      )}
      <div className={className}>{children}</div>
    </section>
  );
}

/** The same in a box. */
export function Panel({ className, ...group }: GroupProps) {
  return <Group {...group} className={cn("rounded-xl border border-line bg-surface", className)} />;
}
