// The state of a payload's tree: what is open, which row is active, and what has to come into sight.
import { type RefObject, useMemo, useRef, useState } from "react";
import type { Outline } from "@/lib/json-outline";
import type { Match } from "@/lib/json-search";
import { type Piece, pieceAt } from "@/lib/text-pieces";
import {
  canOpen,
  isLong,
  type Open,
  openAll,
  openAtFirstSight,
  openNone,
  type Row,
  TreeRows,
  withInSight,
  withOpen,
} from "./tree-rows";
import type { Wanted } from "./use-wanted";

export type Tree = {
  rows: TreeRows;
  columns: number;
  active: Row;
  canOpen: (node: number) => boolean;
  activate: (row: Row) => void;
  setOpen: (node: number, open: boolean) => void;
  expandAll: () => void;
  collapseAll: () => void;
  reveal: (match: Match) => void;
  wanted: RefObject<Wanted | null>;
};

export function useTree(outline: Outline, columns: number): Tree {
  const [kept, setState] = useState(() => atFirstSight(outline));
  const state = kept.outline === outline ? kept : atFirstSight(outline);
  const { open, active } = state;
  const wanted = useRef<Wanted | null>(null);
  const rows = useMemo(
    () => new TreeRows(outline, open, columns, state.texts),
    [outline, open, columns, state.texts],
  );

  function activate(row: Row, changes: { open?: Open } = {}) {
    wanted.current = { row, where: "nearest", mark: false };
    setState({ ...state, ...changes, active: row });
  }
  function reveal({ node, part, start }: Match) {
    const long = part === "value" && isLong(outline, node, columns);
    const row = { node, part: long ? pieceAt(rows.pieces(node), start) + 1 : 0 };
    // A node opens only where the match lies in it, not in its name.
    const innermost = part === "name" ? outline.parent(node) : node;
    setState((old) => ({ ...old, active: row, open: withInSight(outline, old.open, innermost) }));
    wanted.current = { row, where: "centre", mark: true };
  }
  return {
    rows,
    columns,
    active,
    canOpen: (node) => canOpen(outline, node, columns),
    activate,
    setOpen: (node, opened) => activate({ node, part: 0 }, { open: withOpen(open, node, opened) }),
    expandAll: () => setState({ ...state, open: openAll(outline) }),
    collapseAll: () => activate({ node: 0, part: 0 }, { open: openNone(outline) }),
    reveal,
    wanted,
  };
}

type State = { outline: Outline; open: Open; active: Row; texts: Map<number, readonly Piece[]> };

/** Another payload, which an update of a callback can bring, begins anew. */
function atFirstSight(outline: Outline): State {
  const active = { node: 0, part: 0 };
  return { outline, open: openAtFirstSight(outline), active, texts: new Map() };
}
