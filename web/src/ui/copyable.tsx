// A text to take along: a token, an address, a command. All of it can be seen, selected, and copied.
import { cn } from "@/lib/cn";
import { CopyButton } from "./copy-button";

type Props = { label: string; text: string; className?: string };

export function Copyable({ label, text, className }: Props) {
  return (
    <div className={cn("min-w-0", className)}>
      <div className="mb-1 font-medium text-label">{label}</div>
      <div className="flex items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
        <pre className="min-w-0 flex-1 whitespace-pre-wrap py-0.5 font-mono text-table [overflow-wrap:anywhere]">
          {text}
        </pre>
        <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
      </div>
    </div>
  );
}
