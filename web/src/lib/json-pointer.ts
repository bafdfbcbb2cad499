// The way to a node as a JSON pointer (RFC 6901), the form in which a source's settings name its fields.
import type { Outline } from "./json-outline";

export function pointerTo(outline: Outline, node: number): string {
  const tokens: string[] = [];
  for (let at = node; outline.parent(at) >= 0; at = outline.parent(at)) {
    tokens.unshift(escaped(outline.name(at) ?? String(outline.ordinal(at))));
  }
  return tokens.map((token) => `/${token}`).join("");
}

function escaped(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
