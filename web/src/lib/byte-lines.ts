// Bytes as lines of hex, for reading what is no text, or what a text hides.

const printable = { first: 0x20, last: 0x7e };

/** As many as fit into a line, with their place before them and their ASCII behind. */
export function bytesPerLine(columns: number): number {
  const widthOf = (count: number) => placeDigits + 2 + 3 * count + 1 + count;
  return [16, 8].find((count) => widthOf(count) <= columns) ?? 4;
}

// Enough for sixteen megabytes; a larger place only takes more room.
const placeDigits = 6;

export function byteLine(bytes: Uint8Array, start: number, count: number) {
  const line = [...bytes.subarray(start, start + count)];
  const hex = line.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const ascii = line.map((byte) =>
    byte >= printable.first && byte <= printable.last ? String.fromCharCode(byte) : "·",
  );
  return {
    place: start.toString(16).padStart(placeDigits, "0"),
    hex: hex.padEnd(3 * count - 1),
    ascii: ascii.join(""),
  };
}

/** The text that bytes spell; null if they are not UTF-8. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
