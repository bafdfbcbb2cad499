// The rows of a payload's tree: one line for a node, and the text of a string that is open.
import type { CSSProperties, MouseEvent } from "react";
import { cn } from "@/lib/cn";
import { formatCount } from "@/lib/format";
import type { Outline } from "@/lib/json-outline";
import { type Match, matchesBetween } from "@/lib/json-search";
import { reveal } from "@/lib/reveal";
import type { Piece } from "@/lib/text-pieces";
import { MarkedText } from "./marked-text";
import { indentOf } from "./tree-rows";

type Common = {
  id: string;
  outline: Outline;
  node: number;
  active: boolean;
  matches: readonly Match[];
  current: Match | null;
  onPress: () => void;
};

type TreeRowProps = Common & {
  /** Null where there is nothing to open. */
  open: boolean | null;
  columns: number;
  onToggle: () => void;
};

export function TreeRow(props: TreeRowProps) {
  const { id, outline, node, active, open, onPress, onToggle } = props;
  const parent = outline.parent(node);

  function press() {
    onPress();
    // Who selects a part of the text wants it as it is.
    if (open !== null && getSelection()?.isCollapsed !== false) onToggle();
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the focus, and takes the keys
    <div
      id={id}
      role="treeitem"
      aria-level={outline.depth(node) + 1}
      aria-setsize={parent < 0 ? 1 : outline.count(parent)}
      aria-posinset={outline.ordinal(node) + 1}
      aria-expanded={open ?? undefined}
      aria-selected={active}
      onClick={press}
      onMouseDown={keepFromSelecting}
      style={indentStyle(outline.depth(node))}
      className={cn("json-row", open !== null && "cursor-pointer")}
    >
      <span className={cn("json-toggle", open === true && "is-open")} hidden={open === null} />
      <Name {...props} />
      {outline.holdsOthers(node) ? <Holder {...props} /> : <Scalar {...props} />}
    </div>
  );
}

type TextRowProps = Common & { piece: Piece; part: number; parts: number };

export function TextRow(props: TextRowProps) {
  const { id, outline, node, active, piece, part, parts, matches, current, onPress } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the focus, and takes the keys
    <div
      id={id}
      role="treeitem"
      aria-level={outline.depth(node) + 2}
      aria-setsize={parts}
      aria-posinset={part}
      aria-selected={active}
      onClick={onPress}
      style={indentStyle(outline.depth(node) + 1)}
      className={cn("json-text", part === parts && "pb-1.5")}
    >
      <span dir="auto" className="json-string">
        <MarkedText text={piece.text} start={piece.start} matches={matches} current={current} />
      </span>
    </div>
  );
}

function indentStyle(depth: number): CSSProperties {
  return { "--indent": `${indentOf(depth)}ch` } as CSSProperties;
}

/** A second press in the same place would select a word, where a toggle was meant. */
function keepFromSelecting(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault();
}

function Name({ outline, node, matches, current }: TreeRowProps) {
  const name = outline.name(node);
  if (name === null) {
    if (node === 0) return null;
    return <span className="json-index">{outline.ordinal(node)}</span>;
  }
  // A longer one is cut by the line's end anyway.
  const shown = name.slice(0, shownMax);
  const here = matchesBetween(matches, { node, part: "name" }, 0, shown.length);
  return (
    <bdi className="json-name">
      <MarkedText text={shown} matches={here} current={current} />
    </bdi>
  );
}

// More than the line of any screen holds.
const shownMax = 500;

function Holder({ outline, node, open }: TreeRowProps) {
  const count = outline.count(node);
  const isObject = outline.kind(node) === "object";
  if (count === 0) return <span className="json-mark">{isObject ? "{ }" : "[ ]"}</span>;
  const noun = isObject ? "member" : "item";
  return (
    <>
      <span className="json-count">
        {formatCount(count)} {noun}
        {count === 1 ? "" : "s"}
      </span>
      {!open && (
        <bdi dir="ltr" className="json-glance">
          {reveal(legible(outline.source(node, shownMax)))}
        </bdi>
      )}
    </>
  );
}

/** Senders that write ASCII alone escape every other letter. */
function legible(source: string): string {
  return source.replace(/\\(?:u([0-9a-fA-F]{4})|.)/g, (sequence, digits: string | undefined) =>
    digits === undefined ? sequence : String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

function Scalar({ outline, node, open, columns, matches, current }: TreeRowProps) {
  const kind = outline.kind(node);
  if (kind === "string" && open) {
    return <span className="json-count">{formatCount(outline.value(node).length)} characters</span>;
  }
  const value = kind === "string" ? outline.value(node) : outline.source(node, shownMax);
  // One sign for a line's end: the row is one line, and what was found keeps its place.
  const shown = value.slice(0, Math.max(shownMax, columns)).replaceAll("\n", "↵");
  const here = matchesBetween(matches, { node, part: "value" }, 0, shown.length);
  return (
    <bdi className={cn("json-value", looks[kind])}>
      <MarkedText text={shown} matches={here} current={current} />
    </bdi>
  );
}

const looks = {
  string: "json-string is-quoted",
  number: "json-number",
  boolean: "json-word",
  null: "json-word",
  object: "",
  array: "",
} as const;
