// How long to wait before the next attempt: doubling to a cap, jittered, so that browsers which lost
// the same server do not all come back in the same second.

const firstMs = 1_000;
// Longer would leave a person looking at a dead page after the server is back.
const capMs = 30_000;

/** `failures` counts from 1; `random` is in [0, 1). Between half and the whole of the doubled wait. */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, 10));
  return Math.round(ceiling * (0.5 + random / 2));
}
