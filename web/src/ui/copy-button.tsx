// Copies a text and says for a moment that it did.
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { cn } from "@/lib/cn";
import { copyText } from "@/lib/copy-text";

type Props = {
  text: string;
  label: string;
  /** `wide`: where the container has room for it. */
  showLabel?: boolean | "wide";
  className?: string;
};

const saidMs = 1_500;

export function CopyButton({ text, label, showLabel = false, className }: Props) {
  const [copied, setCopied] = useState(false);
  const Icon = copied ? Check : Copy;

  async function copy() {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), saidMs);
  }

  return (
    <button
      type="button"
      onClick={copy}
      title={label}
      aria-label={copied ? "Copied" : label}
      className={cn(
        "inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-md text-label transition-colors hover:bg-hover",
        copied ? "text-good" : "text-muted hover:text-ink",
        showLabel === true && "px-2",
        showLabel === "wide" && "w-7 @md:w-auto @md:px-2",
        showLabel === false && "w-7",
        className,
      )}
    >
      <Icon className="size-3.5" aria-hidden />
      {showLabel !== false && (
        <span className={cn(showLabel === "wide" && "hidden @md:inline")}>
          {copied ? "Copied" : label}
        </span>
      )}
    </button>
  );
}
