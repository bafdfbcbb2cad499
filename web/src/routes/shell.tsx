// What surrounds every page of a signed-in person: the bars, the stream, its toasts, and questions.
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { useStream } from "@/api/live";
import { RoleProvider } from "@/api/role";
import type { Me } from "@/api/types";
import { Commands } from "@/commands/commands";
import { usePageName } from "@/lib/page-title";
import { streamToasts } from "@/toasts/stream-toasts";
import { ToastHost } from "@/toasts/toast-host";
import { Announcer } from "@/ui/announcer";
import { ConfirmHost } from "@/ui/confirm";
import { PageBar } from "./navigation";
import { PageBoundary } from "./page-boundary";
import { pagesFor, placeOf } from "./pages";
import { TopBar } from "./top-bar";

export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  useStream(me, streamToasts);
  const [pathname] = useLocation();
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
          <PageBoundary place={placeOf(pathname)}>{children}</PageBoundary>
        </main>
        <PageBar />
      </div>
      <PageAnnouncer />
      <ToastHost />
      <Announcer />
      <ConfirmHost />
      <Commands pages={pagesFor(me.role)} />
    </RoleProvider>
  );
}

/** A page that changes without being loaded is silent: its name is told instead. */
function PageAnnouncer() {
  return (
    <p aria-live="polite" className="sr-only">
      {usePageName()}
    </p>
  );
}
