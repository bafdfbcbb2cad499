// What the tree is given to show: plain values, prepared so that nothing is lost, hidden, or too large
// to open. Numbers stay as written, long strings and long lists are cut into parts.
import type { Props as JsonViewProps } from "react-json-view-lite";
import type { JsonNode } from "@/lib/json-text";
import { reveal } from "@/lib/reveal";

export type Tree = string | boolean | null | Verbatim | Tree[] | { [name: string]: Tree };

/**
 * A number as it was written. The tree view prints a date by `toISOString` and nothing else, which is
 * the one way it has to show a text that is not a string; JSON has no dates of its own.
 */
class Verbatim extends Date {
  private readonly source: string;

  constructor(source: string) {
    super(0);
    this.source = source;
  }

  override toISOString(): string {
    return this.source;
  }
}

// Opening a list shows at most this many entries at once; more are grouped.
const groupLength = 100;
// A longer string is cut; the raw view has all of it.
const stringLength = 20_000;

export function toTree(node: JsonNode): Tree[] | { [name: string]: Tree } {
  if (node.kind === "array") return grouped(node.items.map(treeOf));
  if (node.kind === "object") {
    const members = node.members.map(({ name, value }) => [name, value] as const);
    return members.length > groupLength ? groupedMembers(members) : asObject(members);
  }
  return [treeOf(node)];
}

function treeOf(node: JsonNode): Tree {
  switch (node.kind) {
    case "object":
    case "array":
      return toTree(node);
    case "string":
      return shortened(node.value);
    case "number":
      return new Verbatim(node.source);
    case "boolean":
      return node.value;
    case "null":
      return null;
  }
}

function shortened(text: string): string {
  if (text.length <= stringLength) return reveal(text);
  const left = text.length - stringLength;
  return `${reveal(text.slice(0, stringLength))}… (${left.toLocaleString("en-US")} more in Raw)`;
}

function asObject(members: (readonly [string, JsonNode])[]): { [name: string]: Tree } {
  const object: { [name: string]: Tree } = Object.create(null);
  for (const [name, value] of members) object[unusedName(object, reveal(name))] = treeOf(value);
  return object;
}

/** JSON may repeat a name; an object cannot. */
function unusedName(object: object, name: string): string {
  let unused = name;
  for (let times = 2; unused in object; times += 1) unused = `${name} (${times})`;
  return unused;
}

function grouped(items: Tree[]): Tree[] | { [name: string]: Tree } {
  if (items.length <= groupLength) return items;
  const groups: { [name: string]: Tree } = {};
  for (const [start, part] of parts(items))
    groups[`[${start} … ${start + part.length - 1}]`] = part;
  return groups;
}

function groupedMembers(members: (readonly [string, JsonNode])[]): { [name: string]: Tree } {
  const groups: { [name: string]: Tree } = {};
  for (const [start, part] of parts(members)) {
    groups[`{${start + 1} … ${start + part.length}}`] = asObject(part);
  }
  return groups;
}

/** Cuts a list so that no level holds more than a group; of a very long one the groups are larger. */
function parts<T>(list: readonly T[]): [number, T[]][] {
  const length = Math.max(groupLength, Math.ceil(list.length / groupLength));
  const cut: [number, T[]][] = [];
  for (let start = 0; start < list.length; start += length) {
    cut.push([start, list.slice(start, start + length)]);
  }
  return cut;
}

export type Expansion = "first-sight" | "all" | "none";

// What "expand all" opens at most: beyond it a page would freeze, and nobody reads on.
const openNodesMax = 3_000;
// At first sight: deep enough to see the shape, small enough to fit a window or two.
const firstSight = { level: 2, entries: 30 };

/** Decides node by node, in the order in which they are first drawn. */
export function expandNode(expansion: Expansion): (level: number, value: unknown) => boolean {
  let opened = 0;
  return (level, value) => {
    const entries = Object.keys(Object(value)).length;
    if (expansion === "none") return level === 0;
    if (expansion === "first-sight")
      return level <= firstSight.level && (level === 0 || entries <= firstSight.entries);
    opened += entries;
    return level === 0 || opened <= openNodesMax;
  };
}

export const treeStyle: NonNullable<JsonViewProps["style"]> = {
  container: "json",
  basicChildStyle: "json-entry",
  childFieldsContainer: "json-children",
  label: "json-name",
  clickableLabel: "json-name is-clickable",
  nullValue: "json-word",
  undefinedValue: "json-word",
  booleanValue: "json-word",
  stringValue: "json-string",
  numberValue: "json-number",
  otherValue: "json-number",
  punctuation: "json-mark",
  expandIcon: "json-toggle",
  collapseIcon: "json-toggle is-open",
  collapsedContent: "json-folded",
  quotesForFieldNames: false,
  ariaLables: { collapseJson: "Collapse", expandJson: "Expand" },
  stringifyStringValues: false,
};
