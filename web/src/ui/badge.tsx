// Small labels: a tone for meaning, and the two that every view of a callback shares.
import { ShieldAlert, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

const tones = {
  neutral: "border border-line text-muted",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  warn: "bg-warn-soft text-warn",
} as const;

export type Tone = keyof typeof tones;

export function Badge({
  tone,
  children,
  className,
}: {
  tone: Tone;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={cn(
        "inline-flex h-5 max-w-full items-center gap-1 truncate rounded px-1.5 font-medium text-label",
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

const statusTones = { received: "accent", processed: "good", error: "bad" } as const;

export function StatusBadge({ status }: { status: keyof typeof statusTones }) {
  return <Badge tone={statusTones[status]}>{status}</Badge>;
}

export function SignatureIcon({ valid, className }: { valid: boolean; className?: string }) {
  const Icon = valid ? ShieldCheck : ShieldAlert;
  const label = valid ? "Valid signature" : "Invalid signature";
  return (
    <span title={label} className={cn("inline-flex", valid ? "text-good" : "text-bad", className)}>
      <Icon className="size-4" aria-hidden />
      <span className="sr-only">{label}</span>
    </span>
  );
}
