// Finding a text in a payload: in names and values, as a reader sees them, without regard to case.
// Searches are generators that also yield null between matches, so that whoever runs one can pause.
import type { Outline } from "./json-outline";

/** `start` counts within the decoded name or value of the node. */
export type Match = { node: number; part: "name" | "value"; start: number; length: number };

// Between two looks at the clock; a node takes well under a microsecond.
const nodesAtOnce = 500;

export function* searchOutline(outline: Outline, query: string): Generator<Match | null> {
  const pattern = patternOf(query);
  for (let node = 0; node < outline.size; node += 1) {
    const name = outline.name(node);
    if (name !== null) yield* matchesIn(name, pattern, node, "name");
    if (!outline.holdsOthers(node)) yield* matchesIn(outline.value(node), pattern, node, "value");
    if (node % nodesAtOnce === 0) yield null;
  }
}

/** In a text that is no tree: its matches are those of a single node. */
export function searchText(text: string, query: string): Generator<Match | null> {
  return matchesIn(text, patternOf(query), 0, "value");
}

function* matchesIn(
  text: string,
  pattern: RegExp,
  node: number,
  part: Match["part"],
): Generator<Match> {
  for (const { 0: found, index } of text.matchAll(pattern)) {
    yield { node, part, start: index, length: found.length };
  }
}

function patternOf(query: string): RegExp {
  return new RegExp(query.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu");
}

/** The matches that touch a range of a name or value. `matches` are in order. */
export function matchesBetween(
  matches: readonly Match[],
  { node, part }: Pick<Match, "node" | "part">,
  from: number,
  to: number,
): Match[] {
  const found: Match[] = [];
  for (let at = firstOf(matches, node); at < matches.length; at += 1) {
    const match = matches[at];
    if (match === undefined || match.node !== node) break;
    const touches = match.start < to && match.start + match.length > from;
    if (match.part === part && touches) found.push(match);
  }
  return found;
}

function firstOf(matches: readonly Match[], node: number): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((matches[middle]?.node ?? 0) < node) low = middle + 1;
    else high = middle;
  }
  return low;
}
