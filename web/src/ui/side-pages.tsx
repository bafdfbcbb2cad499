// Pages that belong together: the list of them beside the one that is shown. Where there is no room for
// both, the list is a page of its own, and each page has a way back to it.
import { ChevronLeft, ChevronRight, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { usePageTitle } from "@/lib/page-title";
import { useMedia } from "@/lib/use-media";

export type SidePage = {
  title: string;
  /** What is in it, where the list has room for words. */
  about: ReactNode;
  href: string;
  icon: LucideIcon;
  /** What it is listed under; the order of the first of each group is the order of groups. */
  group: string;
  /** Something to see from afar, at the end of its line. */
  mark?: ReactNode;
};

type Props = {
  title: string;
  /** Where the list alone is. */
  href: string;
  pages: readonly SidePage[];
  /** What can be done with the list as a whole. */
  action?: ReactNode;
  children: ReactNode;
};

/** Whether the list and a page have room beside each other. */
export function useBothFit(): boolean {
  return useMedia("(min-width: 768px)");
}

export function SidePages({ title, href, pages, action, children }: Props) {
  const [pathname] = useLocation();
  const both = useBothFit();
  if (both) {
    return (
      <div className="flex h-full">
        <SideList title={title} pages={pages} action={action} />
        <div className="min-w-0 flex-1 overflow-y-auto" key={pathname}>
          <div className="max-w-220 px-8 pt-6 pb-16">{children}</div>
        </div>
      </div>
    );
  }
  if (pathname === href) return <ListPage title={title} pages={pages} action={action} />;
  return (
    <div className="h-full overflow-y-auto px-3 pt-2 pb-10 sm:px-4" key={pathname}>
      <Link
        href={href}
        className="-ml-1 mb-1 inline-flex h-8 items-center gap-1 rounded-md pr-2 text-muted hover:text-ink"
      >
        <ChevronLeft className="size-4" aria-hidden />
        {title}
      </Link>
      {children}
    </div>
  );
}

type ListProps = { title: string; pages: readonly SidePage[]; action: ReactNode };

function SideList({ title, pages, action }: ListProps) {
  const [pathname] = useLocation();
  return (
    <nav
      aria-label={title}
      className="w-56 shrink-0 overflow-y-auto border-line border-r px-3 py-6"
    >
      {grouped(pages).map(([group, members]) => (
        <section key={group} aria-label={group} className="mb-5">
          <div aria-hidden className="mb-1 px-2 text-label text-muted">
            {group}
          </div>
          {members.map(({ title: name, href, icon: Icon, mark }) => (
            <Link
              key={href}
              href={href}
              aria-current={pathname === href ? "page" : undefined}
              className="flex h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent"
            >
              <Icon className="size-4 shrink-0" aria-hidden />
              <span className="min-w-0 flex-1 truncate">{name}</span>
              {mark}
            </Link>
          ))}
        </section>
      ))}
      {action}
    </nav>
  );
}

function ListPage({ title, pages, action }: ListProps) {
  usePageTitle(title);
  return (
    <div className="h-full overflow-y-auto px-3 pt-3 pb-10 sm:px-4">
      <div className="mb-4 flex items-center justify-between gap-3">
        <h1 className="font-semibold text-title tracking-tight">{title}</h1>
        {action}
      </div>
      <nav aria-label={title}>
        {grouped(pages).map(([group, members]) => (
          <section key={group} aria-label={group} className="mb-5">
            <div aria-hidden className="mb-1.5 text-label text-muted">
              {group}
            </div>
            <div className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
              {members.map((page) => (
                <ListLink key={page.href} page={page} />
              ))}
            </div>
          </section>
        ))}
      </nav>
    </div>
  );
}

function ListLink({ page: { title, about, href, icon: Icon, mark } }: { page: SidePage }) {
  return (
    <Link
      href={href}
      className="-outline-offset-2! flex min-h-14 items-center gap-3 px-3 py-2 hover:bg-hover"
    >
      <Icon className="size-5 shrink-0 text-muted" aria-hidden />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{title}</span>
        <span className="block text-label text-muted">{about}</span>
      </span>
      {mark}
      <ChevronRight className="size-4 shrink-0 text-muted" aria-hidden />
    </Link>
  );
}

function grouped(pages: readonly SidePage[]): [string, SidePage[]][] {
  const groups = new Map<string, SidePage[]>();
  for (const page of pages) groups.set(page.group, [...(groups.get(page.group) ?? []), page]);
  return [...groups];
}
