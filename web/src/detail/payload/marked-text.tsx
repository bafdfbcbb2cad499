// A stranger's text with what was searched for marked in it.
import type { ReactNode } from "react";
import type { Match } from "@/lib/json-search";
import { reveal } from "@/lib/reveal";

type Props = {
  text: string;
  /** Where the text begins in the whole, in which matches count. */
  start?: number;
  matches: readonly Match[];
  current: Match | null;
};

export function MarkedText({ text, start = 0, matches, current }: Props) {
  if (matches.length === 0) return reveal(text);
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of matches) {
    const from = Math.max(at, match.start - start);
    const to = Math.min(text.length, match.start + match.length - start);
    if (to <= from) continue;
    parts.push(reveal(text.slice(at, from)));
    parts.push(
      <mark key={from} aria-current={match === current ? "true" : undefined} className="match">
        {reveal(text.slice(from, to))}
      </mark>,
    );
    at = to;
  }
  parts.push(reveal(text.slice(at)));
  return parts;
}
