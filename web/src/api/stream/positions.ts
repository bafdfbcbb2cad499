// How far a person's stream has been followed and toasted, kept in IndexedDB because a SharedWorker
// reaches nothing else. `claim` is one transaction, so that whatever asks, in any tab and with any
// version of this code, no callback is ever claimed twice.
import { laterCursor } from "@/lib/cursor";

export type Position = { seen: string; toasted: string; savedAtMs: number };

export type Positions = {
  load(): Promise<Position | null>;
  /** Moves the positions forward, never back; answers where the toasts stood before. */
  claim(seen: string, toasted: string): Promise<string | null>;
  /** Starts again from here, after the server said that the old position means nothing. */
  restart(cursor: string): Promise<void>;
};

const store = "positions";

export function openPositions(person: string, now: () => number): Positions {
  let memory: Position | null = null;
  const database = open().catch(() => null);

  async function change(next: (old: Position | null) => Position): Promise<Position | null> {
    const db = await database;
    if (db === null) {
      const old = memory;
      memory = next(old);
      return old;
    }
    const transaction = db.transaction(store, "readwrite");
    const table = transaction.objectStore(store);
    const old = asPosition(await done(table.get(person)));
    await done(table.put(next(old), person));
    return old;
  }

  return {
    async load() {
      const db = await database;
      if (db === null) return memory;
      return asPosition(await done(db.transaction(store).objectStore(store).get(person)));
    },
    async claim(seen, toasted) {
      const old = await change((before) => ({
        seen: before ? laterCursor(before.seen, seen) : seen,
        toasted: before ? laterCursor(before.toasted, toasted) : toasted,
        savedAtMs: now(),
      }));
      return old?.toasted ?? null;
    },
    async restart(cursor) {
      await change(() => ({ seen: cursor, toasted: cursor, savedAtMs: now() }));
    },
  };
}

function asPosition(value: unknown): Position | null {
  if (typeof value !== "object" || value === null) return null;
  const seen: unknown = Reflect.get(value, "seen");
  const toasted: unknown = Reflect.get(value, "toasted");
  const savedAtMs: unknown = Reflect.get(value, "savedAtMs");
  if (typeof seen !== "string" || typeof toasted !== "string") return null;
  return { seen, toasted, savedAtMs: typeof savedAtMs === "number" ? savedAtMs : 0 };
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open("callbackd", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store);
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
