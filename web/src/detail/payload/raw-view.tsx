// The text exactly as it came, with its hidden characters made visible.
import { type RefObject, useMemo, useRef } from "react";
import { type Match, matchesBetween } from "@/lib/json-search";
import type { Piece } from "@/lib/text-pieces";
import { MarkedText } from "./marked-text";
import { linesOf, remPx } from "./use-columns";
import { useWanted, type Wanted } from "./use-wanted";
import { VirtualRows, type VirtualRowsHandle } from "./virtual-rows";

type Props = {
  pieces: readonly Piece[];
  columns: number;
  matches: readonly Match[];
  current: Match | null;
  /** Its row's part is the piece. */
  wanted: RefObject<Wanted | null>;
  above: RefObject<HTMLElement | null>;
  below: RefObject<HTMLElement | null>;
};

export function RawView({ pieces, columns, matches, current, wanted, above, below }: Props) {
  const list = useRef<VirtualRowsHandle>(null);
  useWanted(wanted, ({ part }) => part, list);
  const heightOf = useMemo(() => {
    const linePx = 1.5 * remPx();
    return (index: number) => linePx * linesOf(pieces[index]?.text ?? "", columns);
  }, [pieces, columns]);
  return (
    <section aria-label="Raw payload" className="py-2">
      <VirtualRows
        ref={list}
        count={pieces.length}
        heightOf={heightOf}
        keyOf={String}
        renderRow={(index) => {
          const { start, text } = pieces[index] ?? { start: 0, text: "" };
          const place = { node: 0, part: "value" } as const;
          const here = matchesBetween(matches, place, start, start + text.length);
          return (
            <pre dir="auto" className="json foreign whitespace-pre-wrap px-4">
              <MarkedText text={text} start={start} matches={here} current={current} />
            </pre>
          );
        }}
        above={above}
        below={below}
      />
    </section>
  );
}
