// Instructions as the server has them: Markdown of paragraphs, code in a line, and code in lines of its own.

export type Piece = { code: boolean; text: string };
export type Block = { kind: "text"; pieces: Piece[] } | { kind: "code"; text: string };

export function blocksOf(markdown: string): Block[] {
  // What is fenced stands at every other place.
  const parts = markdown.split(/^```\w*$/m);
  return parts.flatMap((part, index): Block[] => {
    if (index % 2 === 1) return [{ kind: "code", text: part.trim() }];
    const paragraphs = part.split(/\n\s*\n/).map((text) => text.trim().replaceAll("\n", " "));
    return paragraphs
      .filter((text) => text !== "")
      .map((text) => ({ kind: "text", pieces: piecesOf(text) }));
  });
}

function piecesOf(text: string): Piece[] {
  const pieces = text.split("`").map((piece, index) => ({ code: index % 2 === 1, text: piece }));
  return pieces.filter((piece) => piece.text !== "");
}
