// Order of cursors. A cursor is decimal text that may be larger than a number can hold.

/** Negative when `a` comes before `b`. */
export function compareCursors(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function laterCursor(a: string, b: string): string {
  return compareCursors(a, b) >= 0 ? a : b;
}
