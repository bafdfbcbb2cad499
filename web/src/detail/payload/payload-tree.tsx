// The payload as a tree (WAI-ARIA's pattern): a row for each node, moved through by the arrow keys, with
// the focus on the whole, since rows out of sight are not on the page.
import { type KeyboardEvent, type RefObject, useCallback, useId, useMemo, useRef } from "react";
import { copyText } from "@/lib/copy-text";
import { type Match, matchesBetween } from "@/lib/json-search";
import { TextRow, TreeRow } from "./tree-row";
import type { Row } from "./tree-rows";
import { linesOf, remPx } from "./use-columns";
import type { Tree } from "./use-tree";
import { useWanted } from "./use-wanted";
import { VirtualRows, type VirtualRowsHandle } from "./virtual-rows";

type Props = {
  tree: Tree;
  matches: readonly Match[];
  current: Match | null;
  /** What covers the rows above and below. */
  above: RefObject<HTMLElement | null>;
  below: RefObject<HTMLElement | null>;
};

export function PayloadTree({ tree, matches, current, above, below }: Props) {
  const { rows, active } = tree;
  const id = useId();
  const list = useRef<VirtualRowsHandle>(null);
  const { heightOf, remember } = useHeights(tree);
  useWanted(tree.wanted, (row) => rows.indexOf(row), list);

  const idOf = ({ node, part }: Row) => `${id}${node}.${part}`;
  return (
    <div
      role="tree"
      tabIndex={0}
      aria-label="Payload"
      aria-activedescendant={idOf(active)}
      onKeyDown={(event) => steer(event, tree)}
      className="json py-1 outline-none"
    >
      <VirtualRows
        ref={list}
        count={rows.count}
        heightOf={heightOf}
        keyOf={(index) => idOf(rows.row(index))}
        renderRow={(index) => {
          const row = rows.row(index);
          return (
            <AnyRow id={idOf(row)} row={row} tree={tree} matches={matches} current={current} />
          );
        }}
        onHeight={remember}
        above={above}
        below={below}
      />
    </div>
  );
}

type RowProps = Pick<Props, "tree" | "matches" | "current"> & { id: string; row: Row };

function AnyRow({ id, row, tree, matches, current }: RowProps) {
  const { rows, active } = tree;
  const { node, part } = row;
  const common = {
    id,
    outline: rows.outline,
    node,
    current,
    active: node === active.node && part === active.part,
    onPress: () => tree.activate(row),
  };
  if (part === 0) {
    const open = rows.isOpen(node);
    return (
      <TreeRow
        {...common}
        open={tree.canOpen(node) ? open : null}
        columns={tree.columns}
        matches={matches}
        onToggle={() => tree.setOpen(node, !open)}
      />
    );
  }
  const piece = rows.piece(row);
  const end = piece.start + piece.text.length;
  return (
    <TextRow
      {...common}
      piece={piece}
      part={part}
      parts={rows.pieces(node).length}
      matches={matchesBetween(matches, { node, part: "value" }, piece.start, end)}
    />
  );
}

/** The heights of texts as they were seen, and guesses for what has not been. */
function useHeights({ rows, columns }: Tree) {
  const known = useMemo(() => new Map<string, number>(), []);
  const keyOf = useCallback(
    (index: number) => {
      const { node, part } = rows.row(index);
      return part === 0 ? null : `${node}.${part} in ${columns}`;
    },
    [rows, columns],
  );
  const heightOf = useMemo(() => {
    const linePx = 1.5 * remPx();
    return (index: number) => {
      const key = keyOf(index);
      if (key === null) return linePx;
      return known.get(key) ?? linePx * linesOf(rows.piece(rows.row(index)).text, columns);
    };
  }, [rows, columns, keyOf, known]);

  function remember(index: number, heightPx: number) {
    const key = keyOf(index);
    if (key !== null) known.set(key, heightPx);
  }
  return { heightOf, remember };
}

function steer(event: KeyboardEvent, tree: Tree): void {
  const { rows, active } = tree;
  const at = rows.indexOf(active);
  const to = target(event.key, tree, at);
  if (to !== null) {
    event.preventDefault();
    tree.activate(rows.row(Math.max(0, Math.min(to, rows.count - 1))));
  } else if (toggles(event.key, tree)) {
    event.preventDefault();
    tree.setOpen(active.node, !rows.isOpen(active.node));
  } else if ((event.ctrlKey || event.metaKey) && event.key === "c" && getSelection()?.isCollapsed) {
    event.preventDefault();
    void copyText(rows.outline.value(active.node));
  }
}

/** The row that a key moves to; null if it moves to none. */
function target(key: string, { rows, active }: Tree, at: number): number | null {
  const { outline } = rows;
  switch (key) {
    case "ArrowDown":
      return at + 1;
    case "ArrowUp":
      return at - 1;
    case "Home":
      return 0;
    case "End":
      return rows.count - 1;
    case "ArrowRight":
      return active.part === 0 && rows.isOpen(active.node) ? at + 1 : null;
    case "ArrowLeft":
      if (active.part > 0) return rows.indexOf({ node: active.node, part: 0 });
      if (rows.isOpen(active.node)) return null;
      return rows.indexOf({ node: Math.max(0, outline.parent(active.node)), part: 0 });
    default:
      return null;
  }
}

function toggles(key: string, { rows, active, canOpen }: Tree): boolean {
  if (active.part > 0 || !canOpen(active.node)) return false;
  const open = rows.isOpen(active.node);
  return (
    key === "Enter" ||
    key === " " ||
    (key === "ArrowRight" && !open) ||
    (key === "ArrowLeft" && open)
  );
}
