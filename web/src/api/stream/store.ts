// One value under one key in IndexedDB. Where there is no database (it is forbidden, or the disk is full),
// it is kept in memory for as long as this runs: then it is lost with a reload, and nothing else.

export type Store = {
  read(): Promise<unknown>;
  /** Replaces the value in one transaction; answers the one before. */
  change(next: (old: unknown) => unknown): Promise<unknown>;
};

export function openStore(name: string, table: string, key: string): Store {
  let memory: unknown;
  let database: Promise<IDBDatabase> | null = null;

  function connect(): Promise<IDBDatabase> {
    database ??= open(name, table).then((opened) => {
      // The browser closes it when its data is cleared, and asks for that when a later version opens it.
      opened.onclose = () => {
        database = null;
      };
      opened.onversionchange = () => {
        database = null;
        opened.close();
      };
      return opened;
    });
    return database;
  }

  async function use<T>(action: (database: IDBDatabase) => Promise<T>): Promise<T> {
    try {
      return await action(await connect());
    } catch {
      // A connection that was closed behind our back: once more with another.
      database = null;
      return action(await connect());
    }
  }

  return {
    async read() {
      try {
        return await use((opened) => done(opened.transaction(table).objectStore(table).get(key)));
      } catch {
        return memory;
      }
    },
    async change(next) {
      try {
        return await use(async (opened) => {
          const transaction = opened.transaction(table, "readwrite");
          const rows = transaction.objectStore(table);
          const old: unknown = await done(rows.get(key));
          memory = next(old);
          await done(rows.put(memory, key));
          return old;
        });
      } catch {
        database = null;
        const old = memory;
        memory = next(old);
        return old;
      }
    },
  };
}

function open(name: string, table: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
