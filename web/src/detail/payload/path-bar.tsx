// Where the active row is in the payload, with copies of the way to it and of its value.
import type { Ref } from "react";
import { cn } from "@/lib/cn";
import { pointerTo } from "@/lib/json-pointer";
import { reveal } from "@/lib/reveal";
import { CopyButton } from "@/ui/copy-button";
import type { Tree } from "./use-tree";

export function PathBar({ tree, ref }: { tree: Tree; ref: Ref<HTMLDivElement> }) {
  const { outline } = tree.rows;
  const { node } = tree.active;
  const pointer = pointerTo(outline, node);
  return (
    <div ref={ref} className="@container sticky bottom-0 z-10 border-line border-t bg-surface">
      <div className="flex min-h-9 items-center gap-1 pr-2 pl-4">
        {pointer === "" ? (
          <p className="flex-1 text-label text-muted">The whole payload</p>
        ) : (
          // Cut at its beginning: the end tells more.
          <p dir="rtl" className="min-w-0 flex-1 truncate text-left text-label">
            <bdi dir="ltr" className="font-mono">
              {reveal(pointer)}
            </bdi>
          </p>
        )}
        <CopyButton
          text={pointer}
          label="Copy path"
          showLabel="wide"
          className={cn(pointer === "" && "invisible")}
        />
        <CopyButton text={outline.value(node)} label="Copy value" showLabel="wide" />
      </div>
    </div>
  );
}
