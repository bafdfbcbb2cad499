// Finds out that the machine slept: a timer that should have fired in seconds fires much later. A page or
// a worker is told of it by nobody, and its connections may be dead without anybody noticing.

const tickMs = 5_000;
// Far more than a busy machine delays a timer.
const lateMs = 10_000;
// Browsers let timers of a tab in the background fire once a minute: that is no sleep.
const throttledMs = 75_000;

export function onWake(woke: () => void, signal: AbortSignal): void {
  let dueMs = Date.now() + tickMs;
  const timer = setInterval(() => {
    const nowMs = Date.now();
    const allowedMs = globalThis.document?.hidden ? throttledMs : lateMs;
    if (nowMs - dueMs > allowedMs) woke();
    dueMs = nowMs + tickMs;
  }, tickMs);
  signal.addEventListener("abort", () => clearInterval(timer));
}
