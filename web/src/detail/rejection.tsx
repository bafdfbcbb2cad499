// Why a callback was not verified and what to change; where the server has looked deeper, what it found.
import { ShieldAlert } from "lucide-react";
import type { CallbackDetail } from "@/api/types";
import { formatAbsolute } from "@/lib/format";
import { Foreign } from "@/ui/foreign";
import { wordsFor } from "./rejection-words";

export function Rejection({ callback }: { callback: CallbackDetail }) {
  const { title, what, change } = wordsFor(callback.rejection, callback.source);
  return (
    <section
      aria-label="Why it was not verified"
      className="flex gap-3 border-line border-b bg-bad-soft px-4 py-3"
    >
      <ShieldAlert className="mt-px size-4.5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <h3 className="font-semibold text-bad">{title}</h3>
        <p className="mt-0.5">{what}</p>
        <p className="mt-0.5">{change}</p>
        <Diagnosis value={callback.diagnosis} />
        {callback.acceptedAt !== null && (
          <p className="mt-1 text-muted">Accepted {formatAbsolute(callback.acceptedAt)}</p>
        )}
      </div>
    </section>
  );
}

/** Whatever the server says in words, by the names that it gives. */
function Diagnosis({ value }: { value: CallbackDetail["diagnosis"] }) {
  const findings = Object.entries<unknown>(value ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  if (findings.length === 0) return null;
  return (
    <dl className="mt-2 grid gap-x-3 gap-y-1 @lg:grid-cols-[max-content_1fr]">
      {findings.map(([name, text]) => (
        <div key={name} className="contents">
          <dt className="text-label text-muted leading-5 first-letter:uppercase">
            <Foreign text={name.replaceAll("_", " ")} />
          </dt>
          <dd>
            <Foreign text={text} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
