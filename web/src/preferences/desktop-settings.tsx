// Notifications of the desktop. The wish is the person's and holds everywhere; the permission is given to
// each browser, so both are shown.
import { useId } from "react";
import {
  askForNotifications,
  type NotificationAccess,
  showNotification,
  useNotificationAccess,
} from "@/lib/notifications";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/section";
import { Setting } from "@/ui/setting";
import { Switch } from "@/ui/switch";
import type { SettingsProps } from "./settings-props";

type State = { tone: Tone; word: string; explain: string };

const states: Record<NotificationAccess, State> = {
  granted: { tone: "good", word: "allowed", explain: "This browser shows them." },
  default: { tone: "warn", word: "not asked", explain: "This browser has not been asked yet." },
  denied: {
    tone: "bad",
    word: "blocked",
    explain:
      "This browser blocks them for this site. Allow them in the site's settings, beside the address: this page notices.",
  },
  insecure: {
    tone: "bad",
    word: "not here",
    explain:
      "Browsers show them only for pages that came by https, or from the same machine. Reach callbackd by https.",
  },
  unsupported: {
    tone: "neutral",
    word: "not here",
    explain: "This browser has none for pages, as on phones. Toasts and sound work without them.",
  },
};

export function DesktopSettings({ preferences: { desktop }, change }: SettingsProps) {
  const id = useId();
  const access = useNotificationAccess();
  const { tone, word, explain } = states[access];

  function turn(on: boolean) {
    change((before) => ({ ...before, desktop: { ...before.desktop, on } }));
    if (on) void askForNotifications();
  }

  return (
    <Panel title="Desktop">
      <Setting
        title="Notify while the console is out of sight"
        hint="By the system's own notifications, instead of a toast that nobody sees."
        htmlFor={`${id}-on`}
        control={
          <Switch
            id={`${id}-on`}
            aria-describedby={`${id}-on-hint`}
            checked={desktop.on}
            onChange={turn}
          />
        }
      >
        {desktop.on && (
          <div role="status" className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2">
            <Badge tone={tone}>{word}</Badge>
            <p className="min-w-56 flex-1 text-label text-muted">{explain}</p>
            {access === "default" && (
              <Button onClick={() => void askForNotifications()}>Ask this browser</Button>
            )}
            {access === "granted" && <Button onClick={showOne}>Show one</Button>}
          </div>
        )}
      </Setting>
    </Panel>
  );
}

function showOne(): void {
  showNotification({
    tag: "try",
    title: "New LLM callback received",
    body: "This is how a notification of callbackd looks.",
    onClick: () => {},
  });
}
