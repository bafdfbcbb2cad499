// Reads JSON text without losing anything that `JSON.parse` would: numbers stay as they are written,
// members keep their order, and a name that occurs twice occurs twice. It reads valid JSON; on text
// that is not, it throws, and the caller shows the text instead.

export type JsonNode =
  | { kind: "object"; members: { name: string; value: JsonNode }[] }
  | { kind: "array"; items: JsonNode[] }
  | { kind: "string"; value: string }
  | { kind: "number"; source: string }
  | { kind: "boolean"; value: boolean }
  | { kind: "null" };

export function readJson(text: string): JsonNode {
  const reader = new Reader(text);
  const node = reader.value();
  reader.end();
  return node;
}

const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const stringToken = /"(?:[^"\\]|\\.)*"/y;
const spaceToken = /[ \t\n\r]*/y;

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(): JsonNode {
    this.space();
    const first = this.text[this.at];
    if (first === "{") return this.object();
    if (first === "[") return this.array();
    if (first === '"') return { kind: "string", value: this.string() };
    if (this.word("true")) return { kind: "boolean", value: true };
    if (this.word("false")) return { kind: "boolean", value: false };
    if (this.word("null")) return { kind: "null" };
    return { kind: "number", source: this.token(numberToken) };
  }

  end(): void {
    this.space();
    if (this.at !== this.text.length) this.fail();
  }

  private object(): JsonNode {
    const members: { name: string; value: JsonNode }[] = [];
    this.at += 1;
    if (this.closes("}")) return { kind: "object", members };
    do {
      this.space();
      const name = this.string();
      this.space();
      if (!this.word(":")) this.fail();
      members.push({ name, value: this.value() });
      this.space();
    } while (this.word(","));
    if (!this.word("}")) this.fail();
    return { kind: "object", members };
  }

  private array(): JsonNode {
    const items: JsonNode[] = [];
    this.at += 1;
    if (this.closes("]")) return { kind: "array", items };
    do {
      items.push(this.value());
      this.space();
    } while (this.word(","));
    if (!this.word("]")) this.fail();
    return { kind: "array", items };
  }

  private closes(bracket: string): boolean {
    this.space();
    return this.word(bracket);
  }

  private string(): string {
    const value: unknown = JSON.parse(this.token(stringToken));
    return typeof value === "string" ? value : this.fail();
  }

  private word(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private token(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return this.fail();
    this.at += found.length;
    return found;
  }

  private space(): void {
    spaceToken.lastIndex = this.at;
    this.at += spaceToken.exec(this.text)?.[0].length ?? 0;
  }

  private fail(): never {
    throw new SyntaxError(`Not JSON at character ${this.at}`);
  }
}
