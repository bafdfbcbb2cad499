// Why a callback was not verified and what to change, in its window and on the page of its source: what the server has
// found out, or, as long as it has not, what is known from the way in which the request was refused.
import { ShieldAlert, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { causeWords } from "@/api/cause-words";
import { useRole } from "@/api/role";
import type { CallbackDetail } from "@/api/types";
import { cn } from "@/lib/cn";
import { DiagnosisView } from "./diagnosis";
import { wordsFor } from "./rejection-words";
import { ReviewActions } from "./review-actions";

export function Rejection({ callback }: { callback: CallbackDetail }) {
  const isAdmin = useRole() === "ADMIN";
  const { diagnosis, rejection } = callback;
  const actions = isAdmin && rejection !== null && <ReviewActions callback={callback} />;
  if (diagnosis === null) {
    const isAccepted = callback.acceptedAt !== null;
    const { title, what, change } = wordsFor(rejection, callback.source, isAccepted);
    return (
      <Panel title={title} good={false}>
        <p className="mt-0.5">{what}</p>
        <p className="mt-0.5">{change}</p>
        {actions}
      </Panel>
    );
  }
  return (
    <Panel title={causeWords(diagnosis.code)} good={diagnosis.code === "verified"}>
      <DiagnosisView diagnosis={diagnosis} isSettled={callback.acceptedAs !== null} />
      {actions}
    </Panel>
  );
}

function Panel({ title, good, children }: { title: string; good: boolean; children: ReactNode }) {
  const Icon = good ? ShieldCheck : ShieldAlert;
  return (
    <div
      role="note"
      aria-label="Why it was not verified"
      className={cn(
        "flex gap-3 border-line border-b px-4 py-3",
        good ? "bg-good-soft" : "bg-bad-soft",
      )}
    >
      <Icon
        className={cn("mt-px size-4.5 shrink-0", good ? "text-good" : "text-bad")}
        aria-hidden
      />
      <div className="@container min-w-0 flex-1 [overflow-wrap:anywhere]">
        <h3 className={cn("font-semibold", good ? "text-good" : "text-bad")}>{title}</h3>
        {children}
      </div>
    </div>
  );
}
