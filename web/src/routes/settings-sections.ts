// The sections of the settings, in order, and whose they are.
import {
  Activity,
  BellRing,
  KeyRound,
  MonitorSmartphone,
  Palette,
  UserRound,
  UsersRound,
} from "lucide-react";
import type { ComponentType } from "react";
import type { Role } from "@/api/types";
import { PreferencesSection } from "@/preferences/preferences-section";
import { AccountSection } from "@/settings/account-section";
import { AppearanceSection } from "@/settings/appearance-section";
import { PeopleSection } from "@/settings/people-section";
import { SessionsSection } from "@/settings/sessions-section";
import { SystemSection } from "@/settings/system-section";
import { TokensSection } from "@/settings/tokens-section";
import type { SidePage } from "@/ui/side-pages";

export type SettingsSection = SidePage & {
  group: "You" | "Installation";
  Section: ComponentType;
};

const sections: readonly SettingsSection[] = [
  {
    title: "Account",
    about: "Who you are here",
    href: "/settings/account",
    icon: UserRound,
    group: "You",
    Section: AccountSection,
  },
  {
    title: "Appearance",
    about: "Colours, density, times",
    href: "/settings/appearance",
    icon: Palette,
    group: "You",
    Section: AppearanceSection,
  },
  {
    title: "Preferences",
    about: "Toasts, sound, quiet hours",
    href: "/settings/preferences",
    icon: BellRing,
    group: "You",
    Section: PreferencesSection,
  },
  {
    title: "Sessions",
    about: "Where you are signed in",
    href: "/settings/sessions",
    icon: MonitorSmartphone,
    group: "You",
    Section: SessionsSection,
  },
  {
    title: "API tokens",
    about: "For programs of yours",
    href: "/settings/tokens",
    icon: KeyRound,
    group: "You",
    Section: TokensSection,
  },
  {
    title: "People",
    about: "Who gets in, and what they see",
    href: "/settings/people",
    icon: UsersRound,
    group: "Installation",
    Section: PeopleSection,
  },
  {
    title: "System",
    about: "How this server is doing",
    href: "/settings/system",
    icon: Activity,
    group: "Installation",
    Section: SystemSection,
  },
];

/** What concerns the installation is for admins. */
export function sectionsFor(role: Role): readonly SettingsSection[] {
  return sections.filter(({ group }) => role === "ADMIN" || group === "You");
}

export function isForAdmins(pathname: string): boolean {
  return sections.some(({ href, group }) => href === pathname && group === "Installation");
}
