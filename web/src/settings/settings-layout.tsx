// The frame of the settings: the list of sections beside the one that is shown. Where there is no room
// for both, the list is a page of its own, and each section has a way back to it.
import { ChevronLeft, ChevronRight, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { cn } from "@/lib/cn";
import { usePageTitle } from "@/lib/page-title";
import { useMedia } from "@/lib/use-media";

/** From here on both have room. */
export const besideNavigation = "(min-width: 768px)";

type Section = { title: string; about: string; href: string; icon: LucideIcon; group: string };
type Props = { sections: readonly Section[]; children: ReactNode };

export function SettingsLayout({ sections, children }: Props) {
  const [pathname] = useLocation();
  const wide = useMedia(besideNavigation);
  if (wide) {
    return (
      <div className="flex h-full">
        <SideList sections={sections} />
        <div className="min-w-0 flex-1 overflow-y-auto" key={pathname}>
          <div className="max-w-220 px-8 pt-6 pb-16">{children}</div>
        </div>
      </div>
    );
  }
  if (pathname === "/settings") return <ListPage sections={sections} />;
  return (
    <div className="h-full overflow-y-auto px-3 pt-2 pb-10 sm:px-4" key={pathname}>
      <Link
        href="/settings"
        className="-ml-1 mb-1 inline-flex h-8 items-center gap-1 rounded-md pr-2 text-muted hover:text-ink"
      >
        <ChevronLeft className="size-4" aria-hidden />
        Settings
      </Link>
      {children}
    </div>
  );
}

function SideList({ sections }: { sections: readonly Section[] }) {
  const [pathname] = useLocation();
  return (
    <nav
      aria-label="Settings"
      className="w-56 shrink-0 overflow-y-auto border-line border-r px-3 py-6"
    >
      {grouped(sections).map(([group, members]) => (
        <section key={group} aria-label={group} className="mb-5">
          <div aria-hidden className="mb-1 px-2 text-label text-muted">
            {group}
          </div>
          {members.map(({ title, href, icon: Icon }) => (
            <Link
              key={href}
              href={href}
              aria-current={pathname === href ? "page" : undefined}
              className={cn(
                "flex h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-hover hover:text-ink",
                "aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent",
              )}
            >
              <Icon className="size-4 shrink-0" aria-hidden />
              {title}
            </Link>
          ))}
        </section>
      ))}
    </nav>
  );
}

function ListPage({ sections }: { sections: readonly Section[] }) {
  usePageTitle("Settings");
  return (
    <div className="h-full overflow-y-auto px-3 pt-3 pb-10 sm:px-4">
      <h1 className="mb-4 font-semibold text-title tracking-tight">Settings</h1>
      <nav aria-label="Settings">
        {grouped(sections).map(([group, members]) => (
          <section key={group} aria-label={group} className="mb-5">
            <div aria-hidden className="mb-1.5 text-label text-muted">
              {group}
            </div>
            <div className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
              {members.map(({ title, about, href, icon: Icon }) => (
                <Link
                  key={href}
                  href={href}
                  className="-outline-offset-2! flex min-h-14 items-center gap-3 px-3 py-2 hover:bg-hover"
                >
                  <Icon className="size-5 shrink-0 text-muted" aria-hidden />
                  <span className="min-w-0 flex-1">
                    <span className="block font-medium">{title}</span>
                    <span className="block text-label text-muted">{about}</span>
                  </span>
                  <ChevronRight className="size-4 shrink-0 text-muted" aria-hidden />
                </Link>
              ))}
            </div>
          </section>
        ))}
      </nav>
    </div>
  );
}

function grouped(sections: readonly Section[]): [string, Section[]][] {
  const groups = new Map<string, Section[]>();
  for (const section of sections) {
    groups.set(section.group, [...(groups.get(section.group) ?? []), section]);
  }
  return [...groups];
}
