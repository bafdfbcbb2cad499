// Sending a callback again, and what its receivers answered. There only for admins, and only where there is
// somewhere to send it, or something was sent.
import { RotateCw } from "lucide-react";
import { useRef } from "react";
import { useAttempts, useReplay, useReplayTargets } from "@/api/replay";
import type { CallbackDetail, ReplayTarget } from "@/api/types";
import { formatCount } from "@/lib/format";
import { BusyButton } from "@/ui/button";
import { Foreign } from "@/ui/foreign";
import { FormError } from "@/ui/form-error";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/ui/menu";
import { AttemptEntry } from "./attempt-entry";

export function Replays({ callback }: { callback: CallbackDetail }) {
  const targets = useReplayTargets();
  const attempts = useAttempts(callback.id);
  const replay = useReplay(callback.id);
  // What was refused is handed on to nobody.
  const isOffered = targets.length > 0 && callback.rejection === null;
  if (!isOffered && attempts.length === 0) return null;
  return (
    <section aria-label="Sent again" className="border-line border-b px-4 pt-2.5 pb-2.5">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h3 className="text-label text-muted">
          {attempts.length > 0
            ? `Sent again · ${formatCount(attempts.length)}`
            : "Not sent again so far"}
        </h3>
        {isOffered && (
          <ReplayButton targets={targets} busy={replay.isPending} onReplay={replay.mutate} />
        )}
      </div>
      <FormError error={replay.error} className="mt-2" />
      {attempts.length > 0 && (
        <ol aria-label="Attempts" className="-mx-2 mt-1 max-h-72 overflow-y-auto">
          {attempts.map((attempt) => (
            <AttemptEntry key={attempt.id} attempt={attempt} />
          ))}
        </ol>
      )}
    </section>
  );
}

type ButtonProps = {
  targets: ReplayTarget[];
  busy: boolean;
  onReplay: (target: string) => void;
};

/** One target is sent to at once; of several one is chosen. */
function ReplayButton({ targets, busy, onReplay }: ButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [only] = targets;
  const face = (
    <>
      {!busy && <RotateCw className="size-4" aria-hidden />}
      Replay
    </>
  );
  if (targets.length === 1 && only) {
    return (
      <BusyButton busy={busy} title={`To ${only.url}`} onClick={() => onReplay(only.id)}>
        {face}
      </BusyButton>
    );
  }
  return (
    <Menu modal={false}>
      <MenuTrigger asChild>
        <BusyButton ref={button} busy={busy}>
          {face}
        </BusyButton>
      </MenuTrigger>
      <MenuContent align="end" within={button.current?.closest<HTMLElement>("[aria-modal=true]")}>
        {targets.map((target) => (
          <MenuItem
            key={target.id}
            onSelect={() => onReplay(target.id)}
            className="max-w-80 flex-col items-start gap-0"
          >
            <Foreign text={target.url} className="[overflow-wrap:anywhere]" />
            <span className="text-label text-muted">{kindOf(target)}</span>
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  );
}

function kindOf({ kind, own }: ReplayTarget): string {
  if (kind === "url") return "Address of the settings";
  return own ? "Your terminal" : "Somebody else's terminal";
}
