// What surrounds every page of a signed-in person: the bars, the stream, its toasts, and questions.
import type { CSSProperties, ReactNode } from "react";
import { Toaster } from "sonner";
import { useLocation } from "wouter";
import { useStream } from "@/api/live";
import { RoleProvider } from "@/api/role";
import type { Me } from "@/api/types";
import { usePageName } from "@/lib/page-title";
import { useDarkNow } from "@/lib/theme";
import { phone, useMedia } from "@/lib/use-media";
import { streamToasts } from "@/toasts/stream-toasts";
import { ConfirmHost } from "@/ui/confirm";
import { PageBar } from "./navigation";
import { PageBoundary } from "./page-boundary";
import { placeOf } from "./pages";
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
      <Toasts />
      <ConfirmHost />
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

// Wide enough for "Invalid signature – security alert" on one line.
const toastWidth = { "--width": "25rem" } as CSSProperties;
// Above the bar that a phone has at its foot.
const abovePageBar = { bottom: 60, left: 8, right: 8 };

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
      mobileOffset={abovePageBar}
      expand={!small}
      containerAriaLabel="Notifications"
    />
  );
}
