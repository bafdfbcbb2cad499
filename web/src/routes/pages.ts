// The pages of the console, in the order of the bar, and whose they are.
import { Inbox, type LucideIcon, Settings, Webhook } from "lucide-react";
import type { Role } from "@/api/types";
import { type LazyPage, lazyPage } from "./lazy-page";

export type PageLink = {
  title: string;
  href: string;
  icon: LucideIcon;
  /** Members have less: what is for admins alone is not shown to them at all. */
  forAdmins: boolean;
  owns: (pathname: string) => boolean;
  preload?: () => void;
};

export const sourcesPage: LazyPage = lazyPage(
  async () => (await import("@/sources/sources-page")).SourcesPage,
);
export const settingsPage: LazyPage = lazyPage(
  async () => (await import("./settings-route")).SettingsRoute,
);

const pages: readonly PageLink[] = [
  {
    title: "Callbacks",
    href: "/",
    icon: Inbox,
    forAdmins: false,
    owns: (pathname) => pathname === "/" || pathname.startsWith("/callbacks/"),
  },
  {
    title: "Sources",
    href: "/sources",
    icon: Webhook,
    forAdmins: true,
    owns: (pathname) => pathname === "/sources" || pathname.startsWith("/sources/"),
    preload: sourcesPage.preload,
  },
  {
    title: "Settings",
    href: "/settings",
    icon: Settings,
    forAdmins: false,
    owns: (pathname) => pathname === "/settings" || pathname.startsWith("/settings/"),
    preload: settingsPage.preload,
  },
];

export function pagesFor(role: Role): readonly PageLink[] {
  return pages.filter((page) => role === "ADMIN" || !page.forAdmins);
}

/** What an address shows, by a name: another name is another page, not only another filter or window. */
export function placeOf(pathname: string): string {
  return pathname.startsWith("/callbacks/") ? "/" : pathname;
}
