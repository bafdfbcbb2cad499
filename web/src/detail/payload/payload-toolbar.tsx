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
import { type View, viewLabels } from "./views";

type Props = {
  views: readonly View[];
  view: View | null;
  onView: (view: View) => void;
  /** Null where what is shown cannot be searched, or unfolded. */
  search: Search | null;
  tree: Tree | null;
  text: string | null;
  rawBytes: number;
  rawUrl: string;
  ref: Ref<HTMLDivElement>;
};

export function PayloadToolbar(props: Props) {
  const { views, view, onView, search, tree, text, rawBytes, rawUrl, ref } = props;
  return (
    <div
      ref={ref}
      className="@container sticky top-0 z-10 shrink-0 border-line border-b bg-surface"
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5 px-4 py-2">
        <h3 className="font-semibold @max-md:sr-only">Payload</h3>
        {views.length > 1 && <Tabs views={views} view={view} onView={onView} />}
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
          {rawBytes > 0 && (
            <a
              href={rawUrl}
              download
              title="Download the exact bytes"
              aria-label="Download the exact bytes"
              className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
            >
              <Download className="size-4" aria-hidden />
            </a>
          )}
        </div>
      </div>
    </div>
  );
}

type TabsProps = Pick<Props, "views" | "view" | "onView">;

function Tabs({ views, view, onView }: TabsProps) {
  return (
    <fieldset className="flex rounded-md bg-hover p-0.5" aria-label="Show the payload as">
      {views.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={view === each}
          onClick={() => onView(each)}
          className={cn(
            "h-6 rounded px-2.5 text-label",
            view === each ? "bg-surface font-medium" : "text-muted hover:text-ink",
          )}
        >
          {viewLabels[each]}
        </button>
      ))}
    </fieldset>
  );
}
