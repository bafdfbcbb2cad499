// The way from page to page: in the bar on a desk, at the thumb on a phone.
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useRole } from "@/api/role";
import { cn } from "@/lib/cn";
import { type PageLink, pagesFor } from "./pages";

export function PageTabs() {
  return (
    <nav aria-label="Pages" className="hidden h-full items-stretch sm:ml-3 sm:flex">
      <Links
        look={cn(
          "inline-flex items-center border-transparent border-b-2 px-2 pt-0.5 text-muted hover:text-ink",
          "aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink",
        )}
      >
        {({ title }) => title}
      </Links>
    </nav>
  );
}

export function PageBar() {
  return (
    <nav
      aria-label="Pages"
      className="flex h-13 shrink-0 border-line border-t bg-surface sm:hidden"
    >
      <Links
        look={cn(
          "flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-label text-muted",
          "-outline-offset-2! aria-[current=page]:font-medium aria-[current=page]:text-accent",
        )}
      >
        {({ title, icon: Icon }) => (
          <>
            <Icon className="size-5" aria-hidden />
            <span className="max-w-full truncate px-1">{title}</span>
          </>
        )}
      </Links>
    </nav>
  );
}

type LinksProps = { look: string; children: (page: PageLink) => ReactNode };

function Links({ look, children }: LinksProps) {
  const [pathname] = useLocation();
  return pagesFor(useRole()).map((page) => (
    <Link
      key={page.href}
      href={page.href}
      aria-current={page.owns(pathname) ? "page" : undefined}
      onPointerEnter={page.preload}
      onFocus={page.preload}
      className={look}
    >
      {children(page)}
    </Link>
  ));
}
