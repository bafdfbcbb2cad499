// A long text in pieces, each of which a browser lays out at once without being noticed.

/** `start` is where the piece begins in the whole. */
export type Piece = { start: number; text: string };

// Some twenty-five lines of a window; below it pieces cost more than they save.
const pieceLength = 2_000;

/** Cut behind a line or a word where there is one, and never within a character. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  do {
    const end = cutAfter(text, start);
    pieces.push({ start, text: text.slice(start, end) });
    start = end;
  } while (start < text.length);
  return pieces;
}

/** Which piece a place in the text lies in. */
export function pieceAt(pieces: readonly Piece[], place: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.start ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

function cutAfter(text: string, start: number): number {
  const most = start + pieceLength;
  if (most >= text.length) return text.length;
  const least = start + pieceLength / 2;
  // Cut out first: a search backwards would go on to the beginning of the text.
  const later = text.slice(least, most);
  const line = later.lastIndexOf("\n");
  if (line >= 0) return least + line + 1;
  const word = later.lastIndexOf(" ");
  if (word >= 0) return least + word + 1;
  return isLowSurrogate(text.charCodeAt(most)) ? most - 1 : most;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
