// The payload: as a tree, or as the exact text, with copy and download of the bytes.
import { Download } from "lucide-react";
import { useMemo, useState } from "react";
import { useRawText, useRawUrl } from "@/api/callbacks";
import type { CallbackDetail } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatBytes } from "@/lib/format";
import { type JsonNode, readJson } from "@/lib/json-text";
import { CopyButton } from "@/ui/copy-button";
import { PayloadTree } from "./payload-tree";
import { RawText } from "./raw-text";

type View = "tree" | "raw";

export function PayloadSection({ callback }: { callback: CallbackDetail }) {
  const { id, payload } = callback;
  const tree = useMemo(() => parse(payload), [payload]);
  const [chosen, setView] = useState<View>("tree");
  const view = tree === null ? "raw" : chosen;
  const raw = useRawText(id, payload === null && callback.rawBytes > 0);
  const text = payload ?? raw.data ?? null;
  const rawUrl = useRawUrl(id);

  return (
    <section className="flex flex-1 flex-col">
      <div className="sticky top-0 z-10 flex min-h-11 flex-wrap items-center gap-1 border-line border-b bg-surface px-4 py-1">
        <h3 className="mr-2 font-semibold">Payload</h3>
        {tree === null ? (
          <span className="text-label text-muted">
            {callback.rawBytes === 0 ? "none" : "not JSON, shown as text"}
          </span>
        ) : (
          <Tabs view={view} onView={setView} />
        )}
        {callback.rawBytes > 0 && (
          <span className="ml-2 text-label text-muted">{formatBytes(callback.rawBytes)}</span>
        )}
        <div className="ml-auto flex items-center">
          {text !== null && <CopyButton text={text} label="Copy payload" />}
          <a
            href={rawUrl}
            download
            title="Download the exact bytes"
            aria-label="Download the exact bytes"
            className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
          >
            <Download className="size-3.5" aria-hidden />
          </a>
        </div>
      </div>
      {view === "tree" && tree !== null ? (
        <PayloadTree node={tree} />
      ) : (
        <Raw text={text} raw={raw} />
      )}
    </section>
  );
}

function parse(payload: string | null): JsonNode | null {
  if (payload === null) return null;
  try {
    const node = readJson(payload);
    return node.kind === "object" || node.kind === "array" ? node : null;
  } catch {
    return null;
  }
}

function Raw({ text, raw }: { text: string | null; raw: ReturnType<typeof useRawText> }) {
  if (text !== null) return <RawText text={text} />;
  const says = raw.isError
    ? `The bytes could not be loaded: ${raw.error.message}`
    : raw.isLoading
      ? "Loading the bytes"
      : "No body was kept.";
  return <p className="p-4 text-muted">{says}</p>;
}

const views: readonly { view: View; label: string }[] = [
  { view: "tree", label: "Tree" },
  { view: "raw", label: "Raw" },
];

function Tabs({ view, onView }: { view: View; onView: (view: View) => void }) {
  return (
    <fieldset className="flex rounded-md bg-hover p-0.5" aria-label="Show the payload as">
      {views.map((each) => (
        <button
          key={each.view}
          type="button"
          aria-pressed={view === each.view}
          onClick={() => onView(each.view)}
          className={cn(
            "h-6 rounded px-2.5 text-label",
            view === each.view ? "bg-surface font-medium" : "text-muted hover:text-ink",
          )}
        >
          {each.label}
        </button>
      ))}
    </fieldset>
  );
}
