// The facts about a callback, as a grid of labels and values.
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { CallbackDetail } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatAbsolute, formatCost, formatCount, formatDuration } from "@/lib/format";
import { SignatureIcon, StatusBadge } from "@/ui/badge";
import { CopyButton } from "@/ui/copy-button";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";

export function MetadataGrid({ callback }: { callback: CallbackDetail }) {
  return (
    <section className="@container border-line border-b">
      <dl className="grid grid-cols-2 gap-x-5 gap-y-3 p-4 @lg:grid-cols-3 @2xl:grid-cols-4">
        <Field label="Callback id" wide>
          <Copied text={callback.callbackId} label="Copy callback id" />
        </Field>
        <Field label="Status">
          <StatusBadge status={callback.status} />
        </Field>
        {callback.errorMessage !== null && (
          <Field label="Error message" wide>
            <Foreign text={callback.errorMessage} className="text-bad" />
          </Field>
        )}
        <Field label="Signature">
          <span className="inline-flex items-center gap-1.5">
            <SignatureIcon valid={callback.signatureValid} />
            <span aria-hidden>{callback.signatureValid ? "Valid" : "Invalid"}</span>
          </span>
        </Field>
        <Field label="Event" wide="narrow">
          {foreign(callback.eventType)}
        </Field>
        <Field label="Workflow" wide="narrow">
          {foreign(callback.workflowName)}
        </Field>
        <Field label="Job" wide>
          {callback.jobId === null ? (
            "–"
          ) : (
            <Link
              href={`/?job=${encodeURIComponent(callback.jobId)}`}
              className="font-mono text-accent underline-offset-4 hover:underline"
            >
              <Foreign text={callback.jobId} />
            </Link>
          )}
        </Field>
        <Field label="Source">{foreign(callback.source)}</Field>
        <Field label="Received">
          <Time iso={callback.createdAt} />
          <span className="block text-label text-muted">{formatAbsolute(callback.createdAt)}</span>
        </Field>
        <Field label="Verified">{formatAbsolute(callback.verifiedAt)}</Field>
        <Field label="Updated">{formatAbsolute(callback.updatedAt)}</Field>
        <Field label="Deliveries">{formatCount(callback.deliveryCount)}</Field>
        <Field label="Cost">{formatCost(callback.costUsd)}</Field>
        <Field label="Tokens">{formatCount(callback.totalTokens)}</Field>
        <Field label="Duration">{formatDuration(callback.durationMs)}</Field>
      </dl>
    </section>
  );
}

function Field({
  label,
  wide,
  children,
}: {
  label: string;
  wide?: boolean | "narrow";
  children: ReactNode;
}) {
  return (
    <div
      className={cn(
        "min-w-0",
        wide === true && "col-span-2",
        wide === "narrow" && "@max-lg:col-span-2",
      )}
    >
      <dt className="mb-0.5 text-label text-muted">{label}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <span className="flex items-start gap-1">
      <Foreign text={text} className="font-mono" />
      <CopyButton text={text} label={label} className="-my-1" />
    </span>
  );
}

function foreign(text: string | null): ReactNode {
  return text === null ? "–" : <Foreign text={text} />;
}
