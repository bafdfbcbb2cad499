// Which rows a payload's tree shows: a row for each node that is in sight, and further ones with the text
// of each long string that is open. Pure.
import type { Outline } from "@/lib/json-outline";
import { type Piece, piecesOf } from "@/lib/text-pieces";

/** `part` 0 is the row of the node itself, 1 and on are the pieces of its text. */
export type Row = { node: number; part: number };

/** What a person has opened: a flag for each node, in the order of the outline. */
export type Open = Uint8Array;

/** The rows in order, a column for each fact: there can be half a million. */
export class TreeRows {
  readonly outline: Outline;
  private readonly nodes: number[] = [];
  private readonly parts: number[] = [];
  private readonly texts: Map<number, readonly Piece[]>;

  /** `columns` is how many characters fit into a line; `texts` remembers what was cut before. */
  constructor(
    outline: Outline,
    open: Open,
    columns: number,
    texts: Map<number, readonly Piece[]> = new Map(),
  ) {
    this.outline = outline;
    this.texts = texts;
    for (let node = 0; node < outline.size; ) {
      this.add(node, 0);
      const opened = open[node] === 1;
      if (outline.holdsOthers(node)) {
        node = opened ? node + 1 : outline.after(node);
        continue;
      }
      if (opened && isLong(outline, node, columns)) {
        for (let part = 1; part <= this.pieces(node).length; part += 1) this.add(node, part);
      }
      node += 1;
    }
  }

  get count(): number {
    return this.nodes.length;
  }

  row(index: number): Row {
    return { node: this.nodes[index] ?? 0, part: this.parts[index] ?? 0 };
  }

  piece({ node, part }: Row): Piece {
    return this.pieces(node)[part - 1] ?? { start: 0, text: "" };
  }

  pieces(node: number): readonly Piece[] {
    const known = this.texts.get(node);
    if (known !== undefined) return known;
    const pieces = piecesOf(this.outline.value(node));
    this.texts.set(node, pieces);
    return pieces;
  }

  /** Where a row is, or the one nearest before it if it is out of sight. */
  indexOf({ node, part }: Row): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const at = this.row(middle);
      if (at.node < node || (at.node === node && at.part <= part)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  isOpen(node: number): boolean {
    const next = this.row(this.indexOf({ node, part: 0 }) + 1);
    return next.node === node ? next.part > 0 : this.outline.parent(next.node) === node;
  }

  private add(node: number, part: number): void {
    this.nodes.push(node);
    this.parts.push(part);
  }
}

// Deeper levels are not indented further, so that a narrow window keeps room for values.
const indentLevelsMax = 12;
const indentColumns = 2;

export function indentOf(depth: number): number {
  return Math.min(depth, indentLevelsMax) * indentColumns;
}

/** A string that is not told by the one line it would have. */
export function isLong(outline: Outline, node: number, columns: number): boolean {
  if (outline.kind(node) !== "string") return false;
  // The toggle, then a name and its colon, which take the place of its quotes, or an item's number.
  const around = indentOf(outline.depth(node)) + 3 + (outline.nameLength(node) || 5) + 1;
  const room = columns - around;
  const length = outline.sourceLength(node);
  // No character is wider than two columns, and an escape is never shorter than what it stands for.
  if (2 * length <= room) return outline.source(node).includes("\\n");
  const source = outline.source(node, 2 * columns);
  return length > 2 * columns || source.includes("\\n") || columnsOf(source) > room;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g;

/** East Asian characters take two columns, and so does a pair of surrogates. */
function columnsOf(text: string): number {
  return text.length + (text.match(wide)?.length ?? 0);
}

export function canOpen(outline: Outline, node: number, columns: number): boolean {
  return outline.holdsOthers(node) ? outline.count(node) > 0 : isLong(outline, node, columns);
}

// At first sight: deep enough to see the shape, small enough for a screen or two.
const firstSight = { depth: 2, entries: 30, characters: 800 };

export function openAtFirstSight(outline: Outline): Open {
  const open = new Uint8Array(outline.size);
  for (let node = 0; node < outline.size; ) {
    const opens =
      node === 0 ||
      (outline.holdsOthers(node)
        ? outline.depth(node) <= firstSight.depth && outline.count(node) <= firstSight.entries
        : outline.sourceLength(node) <= firstSight.characters);
    open[node] = opens ? 1 : 0;
    node = opens ? node + 1 : outline.after(node);
  }
  return open;
}

export function openAll(outline: Outline): Open {
  return new Uint8Array(outline.size).fill(1);
}

/** The whole stays open: a tree of one line tells nothing. */
export function openNone(outline: Outline): Open {
  const open = new Uint8Array(outline.size);
  open[0] = 1;
  return open;
}

export function withOpen(open: Open, node: number, opened: boolean): Open {
  const next = open.slice();
  next[node] = opened ? 1 : 0;
  return next;
}

/** Opens all that a node lies in, and the node itself. */
export function withInSight(outline: Outline, open: Open, node: number): Open {
  const next = open.slice();
  for (let at = node; at >= 0; at = outline.parent(at)) next[at] = 1;
  return next;
}
