// The payload as a tree that opens as far as is useful at first sight.
import { ChevronsDownUp, ChevronsUpDown } from "lucide-react";
import { useMemo, useState } from "react";
import { JsonView } from "react-json-view-lite";
import type { JsonNode } from "@/lib/json-text";
import { Button } from "@/ui/button";
import { type Expansion, expandNode, toTree, treeStyle } from "./tree-data";

export function PayloadTree({ node }: { node: JsonNode }) {
  const [expansion, setExpansion] = useState<Expansion>("first-sight");
  const data = useMemo(() => toTree(node), [node]);
  const shouldExpandNode = useMemo(() => expandNode(expansion), [expansion]);
  return (
    <div className="relative px-4 py-2">
      <div className="mb-1 flex gap-1">
        <Button look="quiet" className="h-7 px-2 text-label" onClick={() => setExpansion("all")}>
          <ChevronsUpDown className="size-3.5" aria-hidden />
          Expand all
        </Button>
        <Button look="quiet" className="h-7 px-2 text-label" onClick={() => setExpansion("none")}>
          <ChevronsDownUp className="size-3.5" aria-hidden />
          Collapse all
        </Button>
      </div>
      <JsonView
        key={expansion}
        data={data}
        style={treeStyle}
        shouldExpandNode={shouldExpandNode}
        clickToExpandNode
        aria-label="Payload"
      />
    </div>
  );
}
