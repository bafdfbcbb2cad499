// The bar on top: where we are, whether we are live, and who we are.
import { Link } from "wouter";
import { useUnviewedCount } from "@/api/callbacks";
import type { Me } from "@/api/types";
import { CommandButton } from "@/commands/command-button";
import { LiveIndicator } from "@/live/live-indicator";
import { useTabBadge } from "@/live/tab-badge";
import { UserMenu } from "@/session/user-menu";
import { Badge } from "@/ui/badge";
import { Logo } from "@/ui/logo";
import { PageTabs } from "./navigation";

export function TopBar({ me }: { me: Me }) {
  useTabBadge(useUnviewedCount());
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b bg-surface px-3 sm:gap-3 sm:px-4">
      <Link
        href="/"
        className="flex items-center gap-2 rounded-md font-semibold"
        aria-label="callbackd"
      >
        <Logo className="size-6" />
        <span className="tracking-tight sm:hidden md:inline">callbackd</span>
      </Link>
      <PageTabs />
      <div className="ml-auto flex min-w-0 items-center gap-2">
        {me.development && <DevelopmentBadge />}
        <LiveIndicator />
        <CommandButton />
        <UserMenu email={me.email} role={me.role} />
      </div>
    </header>
  );
}

/** Always in sight: nobody may take a throw-away database for the real one. */
function DevelopmentBadge() {
  return (
    <Badge tone="warn">
      <span className="hidden truncate md:inline">development database</span>
      <span className="md:hidden" aria-hidden>
        dev
      </span>
      <span className="sr-only md:hidden">development database</span>
    </Badge>
  );
}
