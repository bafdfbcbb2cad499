// Where toasts appear, and what they need of the page: a sound that may be heard, and word to the stream
// when notifications of the desktop are allowed or forbidden.
import { type CSSProperties, useEffect } from "react";
import { Toaster } from "sonner";
import { sightChanged } from "@/api/live";
import { usePreferences } from "@/api/preferences/use-preferences";
import { watchNotificationAccess } from "@/lib/notifications";
import { unlockSound } from "@/lib/sound";
import { useDarkNow } from "@/lib/theme";
import { useMedia } from "@/lib/use-media";

// Wide enough for "Invalid signature – security alert" on one line.
const width = { "--width": "25rem" } as CSSProperties;
// Where there is less, as on a phone or at 200 % zoom, they lie on one another and leave the page to be used.
const roomForAll = "(min-width: 640px) and (min-height: 600px)";
// Above the bar that a phone has at its foot.
const abovePageBar = { bottom: 60, left: 8, right: 8 };

export function ToastHost() {
  const theme = useDarkNow() ? "dark" : "light";
  const hasRoom = useMedia(roomForAll);
  const hasSound = usePreferences().data?.sound.on ?? false;
  useEffect(() => (hasSound ? unlockAtFirstTouch() : undefined), [hasSound]);
  useEffect(() => watchNotificationAccess(sightChanged), []);
  return (
    <Toaster
      theme={theme}
      className="font-sans!"
      style={width}
      position="bottom-right"
      visibleToasts={4}
      gap={10}
      offset={16}
      mobileOffset={abovePageBar}
      expand={hasRoom}
      containerAriaLabel="Notifications"
    />
  );
}

/** Only for who wants to hear something: an open device costs battery. */
function unlockAtFirstTouch(): () => void {
  const done = new AbortController();
  const unlock = () => {
    unlockSound();
    done.abort();
  };
  for (const gesture of ["pointerdown", "keydown"]) {
    addEventListener(gesture, unlock, { signal: done.signal });
  }
  return () => done.abort();
}
