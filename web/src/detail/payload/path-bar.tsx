// Where the active row is in the payload, with copies of the way to it and of its value.
import type { Ref } from "react";
import { cn } from "@/lib/cn";
import { pointerTo } from "@/lib/json-pointer";
import { CopyButton } from "@/ui/copy-button";
import { Foreign } from "@/ui/foreign";
import type { Tree } from "./use-tree";

export function PathBar({ tree, ref }: { tree: Tree; ref: Ref<HTMLDivElement> }) {
  const { outline } = tree.rows;
  const { node } = tree.active;
  const pointer = pointerTo(outline, node);
  return (
    <div
      ref={ref}
      className="sticky bottom-0 z-10 flex min-h-9 items-center gap-1 border-line border-t bg-surface pr-2 pl-4"
    >
      <p className="min-w-0 flex-1 truncate text-label text-muted">
        {pointer === "" ? (
          "The whole payload"
        ) : (
          <Foreign text={pointer} className="font-mono text-ink" />
        )}
      </p>
      <CopyButton
        text={pointer}
        label="Copy path"
        showLabel
        className={cn(pointer === "" && "invisible")}
      />
      <CopyButton text={outline.value(node)} label="Copy value" showLabel />
    </div>
  );
}
