// Whether the hub still answers. Browsers end workers and freeze tabs without telling whoever relies on
// them; a tab that is looked at finds out by asking.

// Only tabs in sight ask, so that it costs next to nothing.
const askMs = 30_000;
// A hub answers in a millisecond; a machine that is so busy that it takes this long is better left alone.
const patienceMs = 5_000;

export class Pulse {
  private readonly ask: () => void;
  private readonly lost: () => void;
  private readonly timer: ReturnType<typeof setInterval>;
  private patience: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: () => void, lost: () => void) {
    this.ask = ask;
    this.lost = lost;
    this.timer = setInterval(() => this.feel(), askMs);
  }

  /** Asks, where anybody looks. */
  feel(): void {
    if (document.hidden || this.patience !== undefined) return;
    this.patience = setTimeout(() => {
      this.patience = undefined;
      this.lost();
    }, patienceMs);
    this.ask();
  }

  /** Anything at all has come. */
  heard(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
  }

  stop(): void {
    clearInterval(this.timer);
    clearTimeout(this.patience);
  }
}
