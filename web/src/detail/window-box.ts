// Where a window lies: its first place, staying on the screen, and moving by keys. Pure.

export type Box = { x: number; y: number; width: number; height: number };

type Key = { key: string; shiftKey: boolean };

const stepPx = 24;
// Each further window lies a little lower and to the right, so that its bar can be seen.
const cascadePx = 44;
const marginPx = 16;
const topPx = 64;
const leastWidthPx = 600;
const leastHeightPx = 320;

export function boxFor(
  depth: number,
  screenWidth: number,
  screenHeight: number,
): Box & { least: { width: number; height: number } } {
  const shift = (depth % 4) * cascadePx;
  const room = screenHeight - topPx - marginPx;
  const width = Math.min(840, screenWidth - 2 * marginPx);
  // Less high the further down, so that the bars above it stay in sight.
  const height = Math.min(860, Math.max(room - shift, Math.min(leastHeightPx, room)));
  const least = {
    width: Math.min(leastWidthPx, screenWidth - 2 * marginPx),
    height: Math.min(leastHeightPx, height),
  };
  const x = Math.max(marginPx, screenWidth - width - 40 - shift);
  return { ...fitted({ x, y: topPx + shift, width, height }, screenWidth, screenHeight), least };
}

/** Keeps the whole bar within reach. */
export function fitted(box: Box, screenWidth: number, screenHeight: number): Box {
  const width = Math.min(box.width, screenWidth);
  const height = Math.min(box.height, screenHeight);
  return {
    x: Math.max(0, Math.min(box.x, screenWidth - width)),
    y: Math.max(0, Math.min(box.y, screenHeight - height)),
    width,
    height,
  };
}

/** Arrow keys move; with Shift they resize. */
export function moved(
  box: Box,
  { key, shiftKey }: Key,
  screenWidth: number,
  screenHeight: number,
): Box {
  const dx = key === "ArrowRight" ? stepPx : key === "ArrowLeft" ? -stepPx : 0;
  const dy = key === "ArrowDown" ? stepPx : key === "ArrowUp" ? -stepPx : 0;
  if (!shiftKey) return fitted({ ...box, x: box.x + dx, y: box.y + dy }, screenWidth, screenHeight);
  const width = Math.max(Math.min(leastWidthPx, screenWidth), box.width + dx);
  const height = Math.max(leastHeightPx, box.height + dy);
  return fitted({ ...box, width, height }, screenWidth, screenHeight);
}
