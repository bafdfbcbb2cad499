// What the console tells a person, and when. It follows the person to every device and holds at once; there
// is no button that saves.
import { Check, CloudOff, LoaderCircle } from "lucide-react";
import { useId } from "react";
import { useChangePreferences, usePreferences } from "@/api/preferences/use-preferences";
import { Button } from "@/ui/button";
import { FormError } from "@/ui/form-error";
import { Notice } from "@/ui/notice";
import { PageHeading } from "@/ui/section";
import { DesktopSettings } from "./desktop-settings";
import { QuietSettings } from "./quiet-settings";
import type { SettingsProps } from "./settings-props";
import { SoundSettings } from "./sound-settings";
import { ToastSettings } from "./toast-settings";

export function PreferencesSection() {
  const preferences = usePreferences();
  const change = useChangePreferences();
  return (
    <>
      <PageHeading
        title="Preferences"
        about="What tells you about callbacks, and when. They follow you to every device, and hold at once."
        action={<Saved state={change.status} />}
      />
      <FormError error={change.error} className="mb-4" />
      {preferences.data ? (
        <Groups preferences={preferences.data} change={change.mutate} />
      ) : preferences.isError ? (
        <Failed message={preferences.error.message} onRetry={() => void preferences.refetch()} />
      ) : (
        <Skeleton />
      )}
    </>
  );
}

function Groups(props: SettingsProps) {
  return (
    <>
      <ToastSettings {...props} />
      <SoundSettings {...props} />
      <DesktopSettings {...props} />
      <QuietSettings {...props} />
    </>
  );
}

/** Kept in the tree, so that a screen reader hears it change. */
function Saved({ state }: { state: ReturnType<typeof useChangePreferences>["status"] }) {
  return (
    <p role="status" className="flex h-5 items-center gap-1.5 text-label text-muted">
      {state === "pending" && (
        <>
          <LoaderCircle className="size-3.5 motion-safe:animate-spin" aria-hidden />
          Saving
        </>
      )}
      {state === "success" && (
        <>
          <Check className="size-3.5 text-good" aria-hidden />
          Saved
        </>
      )}
    </p>
  );
}

function Failed({ message, onRetry }: { message: string; onRetry: () => void }) {
  return (
    <Notice
      icon={CloudOff}
      title="Your preferences could not be loaded"
      tone="bad"
      className="py-16"
    >
      <p className="text-muted">{message}</p>
      <Button onClick={onRetry} className="mt-2">
        Try again
      </Button>
    </Notice>
  );
}

const boxes = ["h-64", "h-28", "h-20"];

function Skeleton() {
  const id = useId();
  return (
    <div role="status">
      <span className="sr-only">Loading</span>
      {boxes.map((height) => (
        <div
          key={`${id}${height}`}
          className={`mb-8 rounded-xl border border-line bg-surface motion-safe:animate-breathe ${height}`}
        />
      ))}
    </div>
  );
}
