// Heights of the rows of a long list, and the sums of them: where a row begins, which row lies at a
// place. A Fenwick tree, so that a row that turns out higher than was guessed costs no walk over a
// million others.

export class RowHeights {
  readonly count: number;
  private readonly heights: Float32Array;
  private readonly sums: Float64Array;

  constructor(count: number, heightOf: (row: number) => number) {
    this.count = count;
    this.heights = new Float32Array(count);
    this.sums = new Float64Array(count + 1);
    for (let row = 0; row < count; row += 1) {
      const height = heightOf(row);
      this.heights[row] = height;
      this.sums[row + 1] = height;
    }
    for (let at = 1; at <= count; at += 1) {
      const above = at + (at & -at);
      if (above <= count) this.sums[above] = (this.sums[above] ?? 0) + (this.sums[at] ?? 0);
    }
  }

  get total(): number {
    return this.offsetOf(this.count);
  }

  heightOf(row: number): number {
    return this.heights[row] ?? 0;
  }

  /** How much lies above a row. */
  offsetOf(row: number): number {
    let sum = 0;
    for (let at = Math.min(row, this.count); at > 0; at -= at & -at) sum += this.sums[at] ?? 0;
    return sum;
  }

  /** The row that lies at an offset; the nearest one beyond either end. */
  rowAt(offset: number): number {
    let row = 0;
    let left = offset;
    for (let step = 2 ** Math.floor(Math.log2(this.count || 1)); step >= 1; step /= 2) {
      const next = row + step;
      const sum = this.sums[next] ?? 0;
      if (next > this.count || sum > left) continue;
      row = next;
      left -= sum;
    }
    return Math.max(0, Math.min(row, this.count - 1));
  }

  /** By how much the row has grown. */
  set(row: number, height: number): number {
    const grown = height - this.heightOf(row);
    this.heights[row] = height;
    for (let at = row + 1; at <= this.count; at += at & -at) {
      this.sums[at] = (this.sums[at] ?? 0) + grown;
    }
    return grown;
  }
}
