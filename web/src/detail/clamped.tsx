// A stranger's text that may be very long: its beginning, and the rest when it is asked for.
import { useState } from "react";
import { formatBytes } from "@/lib/format";
import { Foreign } from "@/ui/foreign";

// Some five lines of a window.
const shownLength = 400;
// Laid out at once; what is longer still can be read in the payload.
const wholeLength = 20_000;

export function Clamped({ text, className }: { text: string; className?: string }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= shownLength) return <Foreign text={text} className={className} />;
  const shown = text.slice(0, whole ? wholeLength : shownLength);
  return (
    <>
      <Foreign text={shown.length < text.length ? `${shown}…` : shown} className={className} />{" "}
      <button
        type="button"
        onClick={() => setWhole(!whole)}
        className="rounded text-label text-muted underline underline-offset-4 hover:text-ink"
      >
        {whole ? "Show less" : `Show more (${formatBytes(text.length)})`}
      </button>
    </>
  );
}
