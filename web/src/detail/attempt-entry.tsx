// One attempt to send a callback again: what was answered, where, when, by whom.
import type { Attempt } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";
import { Clamped } from "./clamped";

export function AttemptEntry({ attempt }: { attempt: Attempt }) {
  const { target, startedAt, durationMs, by } = attempt;
  const said = attempt.error ?? attempt.answer;
  return (
    <li className="grid grid-cols-[3.5rem_minmax(0,1fr)] items-baseline gap-x-2 px-2 py-1 @lg:grid-cols-[3.5rem_minmax(0,1fr)_auto]">
      <Outcome attempt={attempt} />
      <Foreign text={target} className="[overflow-wrap:anywhere]" />
      <span className="col-start-2 text-label text-muted @lg:col-start-3 @lg:text-right">
        {durationMs !== null && <>{formatDuration(durationMs)} · </>}
        <Time iso={startedAt} />
      </span>
      {(said || by) && (
        <p className="col-start-2 -col-end-1 text-label text-muted [overflow-wrap:anywhere]">
          {said && (
            <Clamped text={said} className={cn("mr-2", attempt.error !== null && "text-bad")} />
          )}
          {by && (
            <span>
              by <Foreign text={by} />
            </span>
          )}
        </p>
      )}
    </li>
  );
}

function Outcome({ attempt: { status, endedAt } }: { attempt: Attempt }) {
  if (endedAt === null) return <span className="text-muted">sending</span>;
  if (status === null) return <span className="font-medium text-bad">failed</span>;
  const went = status >= 200 && status < 300;
  return <span className={cn("font-medium", went ? "text-good" : "text-bad")}>{status}</span>;
}
