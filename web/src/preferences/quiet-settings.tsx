// Quiet hours: from when to when nothing pops up or sounds, by the clock of each device.
import { useId, useState } from "react";
import { isTime, type QuietHours } from "@/api/preferences/document";
import { isQuiet } from "@/api/preferences/rules";
import { cn } from "@/lib/cn";
import { useNow } from "@/lib/use-now";
import { inputLook } from "@/ui/field";
import { Panel } from "@/ui/section";
import { Setting } from "@/ui/setting";
import { Switch } from "@/ui/switch";
import type { SettingsProps } from "./settings-props";

export function QuietSettings({ preferences: { quiet }, change }: SettingsProps) {
  const id = useId();
  const set = (next: Partial<QuietHours>) =>
    change((before) => ({ ...before, quiet: { ...before.quiet, ...next } }));
  return (
    <Panel title="Quiet hours">
      <Setting
        title="Be quiet at certain hours"
        hint="No toast, no sound, no notification. Callbacks still arrive, and count as unread."
        htmlFor={`${id}-on`}
        control={
          <Switch
            id={`${id}-on`}
            aria-describedby={`${id}-on-hint`}
            checked={quiet.on}
            onChange={(on) => set({ on })}
          />
        }
      >
        {quiet.on && (
          <div className="mt-3 flex flex-wrap items-end gap-x-3 gap-y-2">
            <TimeField label="From" value={quiet.from} onChange={(from) => set({ from })} />
            <TimeField label="To" value={quiet.to} onChange={(to) => set({ to })} />
            <Now quiet={quiet} />
          </div>
        )}
      </Setting>
      {quiet.on && (
        <Setting
          title="Let invalid signatures through"
          hint="Whoever tries to get in may do so at night."
          htmlFor={`${id}-alarms`}
          control={
            <Switch
              id={`${id}-alarms`}
              aria-describedby={`${id}-alarms-hint`}
              checked={quiet.alarms}
              onChange={(alarms) => set({ alarms })}
            />
          }
        />
      )}
    </Panel>
  );
}

function Now({ quiet }: { quiet: QuietHours }) {
  const now = isQuiet(quiet, new Date(useNow()));
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return (
    <p role="status" className="flex min-h-9 items-center text-label text-muted">
      {quiet.from === quiet.to
        ? "All day"
        : now
          ? `Quiet now, until ${asTyped(quiet.to)}`
          : `Quiet from ${asTyped(quiet.from)}`}
      , by this device’s clock ({timeZone}).
    </p>
  );
}

/** As the field shows it: browsers write times in the way of the person's language. */
function asTyped(time: string): string {
  const [hours, minutes] = time.split(":").map(Number);
  const at = new Date();
  at.setHours(hours ?? 0, minutes ?? 0);
  return new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(at);
}

type TimeProps = { label: string; value: string; onChange: (value: string) => void };

/** While it is being typed a time may be incomplete; only a whole one is kept. */
function TimeField({ label, value, onChange }: TimeProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-label text-muted">
        {label}
      </label>
      <input
        id={id}
        type="time"
        required
        value={typed ?? value}
        onChange={(event) => {
          const next = event.target.value;
          setTyped(isTime(next) ? null : next);
          if (isTime(next)) onChange(next);
        }}
        onBlur={() => setTyped(null)}
        className={cn(inputLook, "min-w-32")}
      />
    </div>
  );
}
