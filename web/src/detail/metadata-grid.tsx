// The facts about a callback, as a grid of labels and values.
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { CallbackDetail } from "@/api/types";
import { cn } from "@/lib/cn";
import {
  formatAbsolute,
  formatCost,
  formatCount,
  formatDay,
  formatDuration,
  formatMoment,
} from "@/lib/format";
import { withFilter, writePlace } from "@/lib/place";
import { SignatureIcon, StatusBadge } from "@/ui/badge";
import { CopyButton } from "@/ui/copy-button";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";
import { usePlace } from "@/ui/use-place";
import { Clamped } from "./clamped";

export function MetadataGrid({ callback }: { callback: CallbackDetail }) {
  const received = callback.createdAt;
  return (
    <dl className="grid grid-cols-2 gap-x-5 gap-y-2.5 px-4 py-3 @lg:grid-cols-4">
      <Field label="Status">
        <StatusBadge status={callback.status} />
      </Field>
      <Field label="Signature">
        <span className="inline-flex items-center gap-1.5">
          <SignatureIcon valid={callback.signatureValid} />
          <span aria-hidden>{callback.signatureValid ? "Valid" : "Invalid"}</span>
        </span>
      </Field>
      <Field label="Event" span="phone">
        {foreign(callback.eventType)}
      </Field>
      <Field label="Workflow" span="phone">
        {foreign(callback.workflowName)}
      </Field>
      {callback.errorMessage !== null && (
        <Field label="Error message" span="all">
          <Clamped text={callback.errorMessage} className="text-bad" />
        </Field>
      )}
      <Field label="Callback id" span="half">
        <Copied text={callback.callbackId} label="Copy callback id" />
      </Field>
      <Field label="Job" span="half">
        {callback.jobId === null ? missing : <JobLink job={callback.jobId} />}
      </Field>
      <Field label="Received">
        <Moment iso={received} near={received} />
        <span className="block text-label text-muted">
          {formatDay(received)} · <Time iso={received} />
        </span>
      </Field>
      <Field label="Verified">
        <Moment iso={callback.verifiedAt} near={received} />
      </Field>
      <Field label="Updated">
        <Moment iso={callback.updatedAt} near={received} />
      </Field>
      <Field label="Source">
        {foreign(callback.source)}
        {callback.test && <span className="block text-label text-muted">Test callback</span>}
      </Field>
      <Field label="Deliveries">{formatCount(callback.deliveryCount)}</Field>
      <Field label="Cost">{formatCost(callback.costUsd)}</Field>
      <Field label="Tokens">{formatCount(callback.totalTokens)}</Field>
      <Field label="Duration">{formatDuration(callback.durationMs)}</Field>
      <Field label="Signature header" span="all">
        {callback.signatureHeader === null ? (
          <span className="text-muted">None was sent</span>
        ) : (
          <Copied text={callback.signatureHeader} label="Copy signature header" small />
        )}
      </Field>
    </dl>
  );
}

const missing = "–";

function foreign(text: string | null): ReactNode {
  return text === null ? missing : <Clamped text={text} />;
}

const spans = {
  /** The whole width where two names do not fit beside one another. */
  phone: "@max-sm:col-span-2",
  half: "col-span-2",
  all: "col-span-2 @lg:col-span-4",
} as const;

type FieldProps = { label: string; span?: keyof typeof spans; children: ReactNode };

function Field({ label, span, children }: FieldProps) {
  return (
    <div className={cn("min-w-0", span && spans[span])}>
      <dt className="mb-0.5 text-label text-muted">{label}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

/** On the day the callback came the time alone says it. */
function Moment({ iso, near }: { iso: string | null; near: string }) {
  if (iso === null) return missing;
  return (
    <time dateTime={iso} title={formatAbsolute(iso)}>
      {formatMoment(iso, near)}
    </time>
  );
}

function JobLink({ job }: { job: string }) {
  const place = usePlace();
  return (
    <Link
      href={writePlace(withFilter(place, "job", job))}
      title="Show only this job's callbacks in the list"
      className="font-mono text-accent underline-offset-4 hover:underline"
    >
      <Foreign text={job} />
    </Link>
  );
}

type CopiedProps = { text: string; label: string; small?: boolean };

function Copied({ text, label, small }: CopiedProps) {
  return (
    <span className="flex items-start gap-1">
      <span className={cn("min-w-0 font-mono", small && "text-label leading-5")}>
        <Clamped text={text} />
      </span>
      <CopyButton text={text} label={label} className="-my-1" />
    </span>
  );
}
