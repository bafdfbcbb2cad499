// Reads JSON text into an outline: where each value begins and ends, and what lies inside what. The text
// itself is kept and nothing is decoded until it is asked for, so a megabyte is read within a frame or
// two, numbers stay as they are written, members keep their order, and a name that occurs twice occurs
// twice. On text that is not JSON it throws, and the caller shows the text instead.

export type Kind = "object" | "array" | "string" | "number" | "boolean" | "null";

const kinds: readonly Kind[] = ["object", "array", "string", "number", "boolean", "null"];
const [isObject, isArray, isString, isNumber, isBoolean, isNull] = [0, 1, 2, 3, 4, 5] as const;

/** Nodes are numbered in the order of the text: 0 is the whole, a node's children follow it. */
export class Outline {
  readonly text: string;
  readonly size: number;
  private readonly table: Table;

  constructor(text: string) {
    this.text = text;
    this.table = new Table(text.length);
    this.size = new Scanner(text, this.table).run();
  }

  kind(node: number): Kind {
    return kinds[this.table.kind[node] ?? isNull] ?? "null";
  }

  holdsOthers(node: number): boolean {
    return (this.table.kind[node] ?? isNull) <= isArray;
  }

  /** -1 above the whole. */
  parent(node: number): number {
    return this.table.parent[node] ?? -1;
  }

  /** The first node that is not inside this one. */
  after(node: number): number {
    return this.table.after[node] ?? this.size;
  }

  depth(node: number): number {
    return this.table.depth[node] ?? 0;
  }

  /** How many members or items it has. */
  count(node: number): number {
    return this.table.count[node] ?? 0;
  }

  /** Its place among the children of its parent, from 0. */
  ordinal(node: number): number {
    return this.table.ordinal[node] ?? 0;
  }

  /** The name of a member; null for an item and for the whole. */
  name(node: number): string | null {
    const start = this.table.name[node] ?? -1;
    return start < 0 ? null : decoded(this.text.slice(start, this.table.nameEnd[node]));
  }

  /** A string decoded; anything else as it is written. */
  value(node: number): string {
    const source = this.source(node);
    return this.table.kind[node] === isString ? decoded(source) : source;
  }

  /** The exact text of a node, cut after `max` characters. */
  source(node: number, max = Number.POSITIVE_INFINITY): string {
    const start = this.table.start[node] ?? 0;
    return this.text.slice(start, Math.min(start + max, this.table.end[node] ?? 0));
  }

  /** How long the exact text of a node is, and of its name with its quotes. */
  sourceLength(node: number): number {
    return (this.table.end[node] ?? 0) - (this.table.start[node] ?? 0);
  }

  nameLength(node: number): number {
    const start = this.table.name[node] ?? -1;
    return start < 0 ? 0 : (this.table.nameEnd[node] ?? 0) - start;
  }
}

function decoded(source: string): string {
  if (!source.includes("\\")) return source.slice(1, -1);
  const value: unknown = JSON.parse(source);
  return typeof value === "string" ? value : source;
}

/** A column for each fact about a node: a million small objects would take seconds to make. */
class Table {
  readonly kind: Uint8Array;
  readonly depth: Uint16Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly name: Int32Array;
  readonly nameEnd: Int32Array;
  readonly parent: Int32Array;
  readonly after: Int32Array;
  readonly count: Int32Array;
  readonly ordinal: Int32Array;

  constructor(textLength: number) {
    // Every node but the first takes a character of its own and one that parts it from another.
    const nodes = (textLength >> 1) + 1;
    this.kind = new Uint8Array(nodes);
    this.depth = new Uint16Array(nodes);
    this.start = new Int32Array(nodes);
    this.end = new Int32Array(nodes);
    this.name = new Int32Array(nodes);
    this.nameEnd = new Int32Array(nodes);
    this.parent = new Int32Array(nodes);
    this.after = new Int32Array(nodes);
    this.count = new Int32Array(nodes);
    this.ordinal = new Int32Array(nodes);
  }
}

const code = {
  quote: 0x22,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  openArray: 0x5b,
  backslash: 0x5c,
  closeArray: 0x5d,
  lowerU: 0x75,
  openObject: 0x7b,
  closeObject: 0x7d,
  space: 0x20,
} as const;

const escapes = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const fourHexDigits = /[0-9a-fA-F]{4}/y;

/** Walks over the text once, without recursion: nesting costs no stack. */
class Scanner {
  private at = 0;
  private nodes = 0;
  private readonly text: string;
  private readonly table: Table;

  constructor(text: string, table: Table) {
    this.text = text;
    this.table = table;
  }

  run(): number {
    let parent = -1;
    do {
      const node = this.begin(parent);
      if (this.opens(node)) {
        parent = node;
        continue;
      }
      this.finish(node);
      parent = this.climb(parent);
    } while (parent >= 0);
    this.space();
    if (this.at !== this.text.length) this.fail();
    return this.nodes;
  }

  /** A new node at the next value, with its name where it is a member. */
  private begin(parent: number): number {
    const { table } = this;
    const node = this.nodes++;
    this.space();
    table.name[node] = -1;
    if (parent >= 0) {
      if (table.kind[parent] === isObject) this.member(node);
      table.depth[node] = (table.depth[parent] ?? 0) + 1;
      table.ordinal[node] = table.count[parent] ?? 0;
      table.count[parent] = (table.count[parent] ?? 0) + 1;
    }
    table.parent[node] = parent;
    table.start[node] = this.at;
    return node;
  }

  private member(node: number): void {
    this.table.name[node] = this.at;
    this.string();
    this.table.nameEnd[node] = this.at;
    this.space();
    if (this.text.charCodeAt(this.at) !== code.colon) this.fail();
    this.at += 1;
    this.space();
  }

  /** Reads the value, or its opening bracket: true if what follows lies inside it. */
  private opens(node: number): boolean {
    const first = this.text.charCodeAt(this.at);
    if (first === code.openObject || first === code.openArray) {
      const object = first === code.openObject;
      this.table.kind[node] = object ? isObject : isArray;
      this.at += 1;
      this.space();
      const close = object ? code.closeObject : code.closeArray;
      if (this.text.charCodeAt(this.at) !== close) return true;
      this.at += 1;
      return false;
    }
    this.table.kind[node] = this.scalar(first);
    return false;
  }

  private scalar(first: number): number {
    if (first === code.quote) {
      this.string();
      return isString;
    }
    if (this.word("true") || this.word("false")) return isBoolean;
    if (this.word("null")) return isNull;
    this.number();
    return isNumber;
  }

  private finish(node: number): void {
    this.table.end[node] = this.at;
    this.table.after[node] = this.nodes;
  }

  /** Closes what ends here; the parent of the next value, or -1 at the end of the whole. */
  private climb(from: number): number {
    let parent = from;
    while (parent >= 0) {
      this.space();
      const next = this.text.charCodeAt(this.at);
      this.at += 1;
      if (next === code.comma) return parent;
      const close = this.table.kind[parent] === isObject ? code.closeObject : code.closeArray;
      if (next !== close) this.fail();
      this.finish(parent);
      parent = this.table.parent[parent] ?? -1;
    }
    return parent;
  }

  private string(): void {
    const { text } = this;
    if (text.charCodeAt(this.at) !== code.quote) this.fail();
    for (this.at += 1; ; this.at += 1) {
      const unit = text.charCodeAt(this.at);
      if (unit === code.quote) break;
      if (unit === code.backslash) this.escape();
      // NaN, at the end of the text, is not at least a space either.
      else if (!(unit >= code.space)) this.fail();
    }
    this.at += 1;
  }

  private escape(): void {
    this.at += 1;
    const unit = this.text.charCodeAt(this.at);
    if (unit !== code.lowerU) {
      if (!escapes.has(unit)) this.fail();
      return;
    }
    fourHexDigits.lastIndex = this.at + 1;
    if (!fourHexDigits.test(this.text)) this.fail();
    this.at += 4;
  }

  private number(): void {
    if (this.text.charCodeAt(this.at) === code.minus) this.at += 1;
    if (this.text.charCodeAt(this.at) === code.zero) this.at += 1;
    else this.digits();
    if (this.text.charCodeAt(this.at) === code.dot) {
      this.at += 1;
      this.digits();
    }
    if ((this.text.charCodeAt(this.at) | 0x20) === 0x65) {
      this.at += 1;
      const sign = this.text.charCodeAt(this.at);
      if (sign === code.plus || sign === code.minus) this.at += 1;
      this.digits();
    }
  }

  private digits(): void {
    const start = this.at;
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (!(unit >= code.zero && unit <= code.nine)) break;
      this.at += 1;
    }
    if (this.at === start) this.fail();
  }

  private word(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private space(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== code.space && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.at += 1;
    }
  }

  private fail(): never {
    throw new SyntaxError(`Not JSON at character ${this.at}`);
  }
}
