// What to do at the service, step by step, as the documents say it.
import { blocksOf, type Piece } from "@/lib/prose";
import { Copyable } from "@/ui/copyable";

export function Instructions({ text }: { text: string }) {
  return (
    <div className="mb-4 max-w-160 space-y-2.5">
      {blocksOf(text).map((block, index) =>
        block.kind === "code" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change
          <Copyable key={index} label="Command" text={block.text} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change
          <p key={index} className="[overflow-wrap:anywhere]">
            <Pieces pieces={block.pieces} />
          </p>
        ),
      )}
    </div>
  );
}

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map(({ code, text }, index) =>
    code ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change
      <code key={index} className="rounded bg-hover px-1 py-px font-mono text-table">
        {text}
      </code>
    ) : (
      text
    ),
  );
}
