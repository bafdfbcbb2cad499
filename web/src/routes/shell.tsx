// What surrounds every page of a signed-in person: the bar, the stream and its toasts.
import type { CSSProperties, ReactNode } from "react";
import { Toaster } from "sonner";
import { Link, useLocation } from "wouter";
import { useUnviewedCount } from "@/api/callbacks";
import { useStream } from "@/api/live";
import { RoleProvider } from "@/api/role";
import type { Me } from "@/api/types";
import { cn } from "@/lib/cn";
import { useDarkNow } from "@/lib/theme";
import { phone, useMedia } from "@/lib/use-media";
import { LiveIndicator } from "@/live/live-indicator";
import { useTabBadge } from "@/live/tab-badge";
import { UserMenu } from "@/session/user-menu";
import { streamToasts } from "@/toasts/stream-toasts";
import { Badge } from "@/ui/badge";
import { Logo } from "@/ui/logo";
import { pages } from "./pages";

export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  useStream(me, streamToasts);
  return (
    <RoleProvider value={me.role}>
      <div className="flex h-full flex-col">
        <a
          href="#main"
          className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <TopBar me={me} />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
          {children}
        </main>
      </div>
      <Toasts />
    </RoleProvider>
  );
}

function TopBar({ me }: { me: Me }) {
  const [pathname] = useLocation();
  useTabBadge(useUnviewedCount());
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b bg-surface px-3 sm:gap-3 sm:px-4">
      <Link
        href="/"
        className="flex items-center gap-2 rounded-md font-semibold"
        aria-label="callbackd"
      >
        <Logo className="size-6" />
        <span className="hidden tracking-tight sm:inline">callbackd</span>
      </Link>
      <nav aria-label="Pages" className="flex h-full items-stretch sm:ml-3">
        {pages.map((page) => (
          <Link
            key={page.href}
            href={page.href}
            aria-current={page.owns(pathname) ? "page" : undefined}
            className={cn(
              "inline-flex items-center border-transparent border-b-2 px-2 pt-0.5 text-muted hover:text-ink",
              "aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink",
            )}
          >
            {page.title}
          </Link>
        ))}
      </nav>
      <div className="ml-auto flex min-w-0 items-center gap-2">
        {me.development && (
          <Badge tone="warn">
            <span className="hidden truncate md:inline">development database</span>
            <span className="md:hidden" aria-hidden>
              dev
            </span>
            <span className="sr-only md:hidden">development database</span>
          </Badge>
        )}
        <LiveIndicator />
        <UserMenu email={me.email} role={me.role} />
      </div>
    </header>
  );
}

// Wide enough for "Invalid signature – security alert" on one line.
const toastWidth = { "--width": "25rem" } as CSSProperties;

function Toasts() {
  const theme = useDarkNow() ? "dark" : "light";
  const small = useMedia(phone);
  return (
    <Toaster
      theme={theme}
      className="font-sans!"
      style={toastWidth}
      position="bottom-right"
      visibleToasts={4}
      gap={10}
      offset={16}
      mobileOffset={8}
      expand={!small}
      containerAriaLabel="Notifications"
    />
  );
}
