// Who is signed in, the colour scheme, and the way out.
import { CircleUserRound, LogOut, Settings } from "lucide-react";
import { toast } from "sonner";
import { Link } from "wouter";
import { useSignOut } from "@/api/session";
import type { Role } from "@/api/types";
import { useCommands } from "@/lib/commands";
import { type Theme, theme } from "@/lib/theme";
import { IconButton } from "@/ui/button";
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from "@/ui/menu";

const themes: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function UserMenu({ email, role }: { email: string; role: Role }) {
  const signOut = useSignOut();
  const chosen = theme.use();

  function choose(value: string) {
    const found = themes.find((each) => each.value === value);
    if (found) theme.set(found.value);
  }

  function leave() {
    signOut.mutate(undefined, {
      onError: () => toast.error("You could not be signed out. Try again."),
    });
  }

  useCommands([
    ...themes.map(({ value, label }) => ({
      id: `theme:${value}`,
      section: "Console" as const,
      title: `Appearance: ${label}`,
      run: () => theme.set(value),
    })),
    { id: "sign-out", section: "Console", title: "Sign out", run: leave },
  ]);

  return (
    <Menu modal={false}>
      <MenuTrigger asChild>
        <IconButton icon={CircleUserRound} label="Account" />
      </MenuTrigger>
      <MenuContent align="end" className="w-60">
        <div className="px-2 py-1.5">
          <div className="truncate font-medium">{email}</div>
          <div className="text-label text-muted">{role === "ADMIN" ? "Admin" : "Member"}</div>
        </div>
        <MenuSeparator />
        <MenuLabel>Appearance</MenuLabel>
        <MenuRadioGroup value={chosen} onValueChange={choose}>
          {themes.map(({ value, label }) => (
            <MenuRadioItem key={value} value={value}>
              {label}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem asChild>
          <Link href="/settings/account">
            <Settings className="size-4 text-muted" aria-hidden />
            Your account
          </Link>
        </MenuItem>
        <MenuItem onSelect={leave}>
          <LogOut className="size-4 text-muted" aria-hidden />
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
