// A text exactly as it is, a piece at a time: a megabyte laid out at once would freeze the page.
import { useState } from "react";
import { formatBytes } from "@/lib/format";
import { reveal } from "@/lib/reveal";
import { Button } from "@/ui/button";

// About five hundred lines of a window; laid out within a frame or two.
const pieceLength = 50_000;

export function RawText({ text }: { text: string }) {
  const [pieces, setPieces] = useState(1);
  const length = pieces * pieceLength;
  return (
    <div className="p-4">
      <pre className="foreign whitespace-pre-wrap font-mono text-table leading-6 [overflow-wrap:anywhere]">
        {reveal(text.slice(0, length))}
      </pre>
      {length < text.length && (
        <Button onClick={() => setPieces(pieces + 1)} className="mt-3">
          Show more ({formatBytes(text.length - length)} left)
        </Button>
      )}
    </div>
  );
}
