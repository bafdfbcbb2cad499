// How far a person's stream has been followed and announced, kept in IndexedDB because a SharedWorker
// reaches nothing else. Each claim is one transaction, so that whoever asks, in any tab and with any
// version of this code, nothing is ever claimed twice.
import { laterCursor } from "@/lib/cursor";
import { openStore, type Store } from "./store";

export type Position = {
  seen: string;
  toasted: string;
  savedAtMs: number;
  /** When each kind of alert that has been shown was raised. */
  alerts: Record<string, string>;
};

export type Positions = {
  load(): Promise<Position | null>;
  /** Moves the positions forward, never back; answers where the toasts stood before. */
  claim(seen: string, toasted: string): Promise<string | null>;
  /** Whether this alert has not been shown yet; from now on it has. */
  claimAlert(kind: string, at: string): Promise<boolean>;
  /** Starts again from here, after the server said that the old position means nothing. */
  restart(cursor: string): Promise<void>;
};

// There are a handful of kinds; a server that makes them up must not fill the store.
const alertsMax = 50;

export function openPositions(person: string, now: () => number): Positions {
  const store: Store = openStore("callbackd", "positions", person);

  async function change(next: (old: Position | null) => Position): Promise<Position | null> {
    return asPosition(await store.change((old) => next(asPosition(old))));
  }

  return {
    async load() {
      return asPosition(await store.read());
    },
    async claim(seen, toasted) {
      const old = await change((before) => ({
        seen: before ? laterCursor(before.seen, seen) : seen,
        toasted: before ? laterCursor(before.toasted, toasted) : toasted,
        savedAtMs: now(),
        alerts: before?.alerts ?? {},
      }));
      return old?.toasted ?? null;
    },
    async claimAlert(kind, at) {
      const old = await change((before) => ({
        ...(before ?? { seen: "0", toasted: "0", savedAtMs: 0 }),
        alerts: Object.fromEntries(
          [
            ...Object.entries(before?.alerts ?? {}).filter(([name]) => name !== kind),
            [kind, at],
          ].slice(-alertsMax),
        ),
      }));
      return old?.alerts[kind] !== at;
    },
    async restart(cursor) {
      await change((before) => ({
        seen: cursor,
        toasted: cursor,
        savedAtMs: now(),
        alerts: before?.alerts ?? {},
      }));
    },
  };
}

function asPosition(value: unknown): Position | null {
  if (typeof value !== "object" || value === null) return null;
  const seen: unknown = Reflect.get(value, "seen");
  const toasted: unknown = Reflect.get(value, "toasted");
  const savedAtMs: unknown = Reflect.get(value, "savedAtMs");
  if (typeof seen !== "string" || typeof toasted !== "string") return null;
  return {
    seen,
    toasted,
    savedAtMs: typeof savedAtMs === "number" ? savedAtMs : 0,
    alerts: texts(Reflect.get(value, "alerts")),
  };
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === "string"));
}
