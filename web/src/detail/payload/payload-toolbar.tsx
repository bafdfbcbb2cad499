// What can be done with a payload. It stays in sight while the payload scrolls beneath it.
import { ChevronsDownUp, ChevronsUpDown, Download } from "lucide-react";
import type { Ref } from "react";
import { cn } from "@/lib/cn";
import { formatBytes } from "@/lib/format";
import { IconButton } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { SearchField } from "./search-field";
import type { Search } from "./use-search";
import type { Tree } from "./use-tree";
import { type SubjectProps, subjectLabels, type View, viewLabels } from "./views";

type Props = {
  views: readonly View[];
  view: View | null;
  onView: (view: View) => void;
  /** Null where what is shown cannot be searched, or unfolded. */
  search: Search | null;
  tree: Tree | null;
  text: string | null;
  /** Null where there is nothing but what was received. */
  subjects: SubjectProps | null;
  rawBytes: number;
  /** From where the bytes come, or what saves what is here already. */
  download: string | (() => void);
  ref: Ref<HTMLDivElement>;
};

export function PayloadToolbar(props: Props) {
  const { views, view, onView, search, tree, text, subjects, rawBytes, download, ref } = props;
  return (
    <div
      ref={ref}
      className="@container sticky top-0 z-10 shrink-0 border-line border-b bg-surface"
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5 px-4 py-2">
        <h3 className={cn("font-semibold", subjects === null ? "@max-md:sr-only" : "sr-only")}>
          Payload
        </h3>
        {subjects !== null && (
          <Tabs
            label="What is shown"
            tabs={["received", "object"]}
            labels={subjectLabels}
            at={subjects.subject}
            onTab={subjects.onSubject}
          />
        )}
        {views.length > 1 && (
          <Tabs
            label="Show the payload as"
            tabs={views}
            labels={viewLabels}
            at={view}
            onTab={onView}
          />
        )}
        <span className={cn("text-label text-muted", views.length > 1 && "@max-md:hidden")}>
          {rawBytes === 0 ? "none" : formatBytes(rawBytes)}
          {rawBytes > 0 && view !== null && !views.includes("tree") && ", not JSON"}
        </span>
        {search !== null && (
          <SearchField
            search={search}
            className="order-last ml-auto w-full @2xl:order-none @2xl:w-auto @2xl:max-w-72 @2xl:flex-1"
          />
        )}
        <div className={cn("flex items-center", search === null ? "ml-auto" : "@max-2xl:ml-auto")}>
          {tree !== null && (
            <>
              <IconButton
                icon={ChevronsUpDown}
                label="Expand all"
                onClick={tree.expandAll}
                className="size-7"
              />
              <IconButton
                icon={ChevronsDownUp}
                label="Collapse all"
                onClick={tree.collapseAll}
                className="size-7"
              />
            </>
          )}
          {text !== null && <CopyButton text={text} label="Copy payload" />}
          {rawBytes > 0 && <DownloadButton from={download} />}
        </div>
      </div>
    </div>
  );
}

function DownloadButton({ from }: { from: Props["download"] }) {
  if (typeof from !== "string") {
    return (
      <IconButton icon={Download} label="Download the object" onClick={from} className="size-7" />
    );
  }
  return (
    <a
      href={from}
      download
      title="Download the exact bytes"
      aria-label="Download the exact bytes"
      className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
    >
      <Download className="size-4" aria-hidden />
    </a>
  );
}

type TabsProps<T extends string> = {
  label: string;
  tabs: readonly T[];
  labels: Record<T, string>;
  at: T | null;
  onTab: (tab: T) => void;
};

function Tabs<T extends string>({ label, tabs, labels, at, onTab }: TabsProps<T>) {
  return (
    <fieldset className="flex rounded-md bg-hover p-0.5" aria-label={label}>
      {tabs.map((tab) => (
        <button
          key={tab}
          type="button"
          aria-pressed={at === tab}
          onClick={() => onTab(tab)}
          className={cn(
            "h-6 rounded px-2.5 text-label",
            at === tab ? "bg-surface font-medium" : "text-muted hover:text-ink",
          )}
        >
          {labels[tab]}
        </button>
      ))}
    </fieldset>
  );
}
