// What a new admin sees: that it works, and the command that proves it.
import { Inbox } from "lucide-react";
import { useState } from "react";
import { useSources } from "@/api/sources";
import type { Source } from "@/api/types";
import { cn } from "@/lib/cn";
import { CopyButton } from "@/ui/copy-button";
import { Notice } from "@/ui/notice";

export function EmptyInbox() {
  const sources = useSources();
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <Notice icon={Inbox} title="Waiting for the first callback" className="min-h-full">
        <p className="max-w-120 text-muted">
          A callback appears here, and as a toast, the moment it is stored.
          {sources !== undefined && sources.length > 0 && " Send one from a terminal:"}
        </p>
        {sources !== undefined && sources.length > 0 && <Try sources={sources} />}
      </Notice>
    </div>
  );
}

function Try({ sources }: { sources: Source[] }) {
  // The LLM service first: what this is for.
  const [chosen, setChosen] = useState("llm");
  const source = sources.find(({ name }) => name === chosen) ?? sources[0];
  if (source === undefined) return null;
  return (
    <section
      aria-label="Send a callback"
      className="mt-3 w-full max-w-180 overflow-hidden rounded-xl border border-line bg-surface text-left"
    >
      <div className="flex min-h-10 flex-wrap items-center gap-1 border-line border-b py-1 pr-1.5 pl-2">
        {sources.map(({ name }) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === source.name}
            onClick={() => setChosen(name)}
            className={cn(
              "h-7 rounded-md px-2 font-medium text-label",
              name === source.name
                ? "bg-accent-soft text-accent"
                : "text-muted hover:bg-hover hover:text-ink",
            )}
          >
            {name}
          </button>
        ))}
        {source.curl !== null && (
          <CopyButton text={source.curl} label="Copy command" showLabel className="ml-auto" />
        )}
      </div>
      <pre className="whitespace-pre-wrap p-3 font-mono text-table break-all">
        {source.curl ?? "# No secret is set for this source: there is nothing to sign with."}
      </pre>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 border-line border-t px-3 py-2 text-label">
        <div className="flex min-w-0 gap-2">
          <dt className="text-muted">URL</dt>
          <dd className="break-all font-mono">{source.url}</dd>
        </div>
        <div className="flex gap-2">
          <dt className="text-muted">Signed by</dt>
          <dd>{source.signatureHeader}</dd>
        </div>
      </dl>
    </section>
  );
}
