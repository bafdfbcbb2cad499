// What the engine asks the server besides the stream: who is signed in, and what came after a cursor.
import { callbacksBase } from "../base";
import { getJson, Problem, withQuery } from "../http";
import { type Preferences, readPreferences } from "../preferences/document";
import type { CheckPage, HistoryPage, Me, Role } from "../types";

export type Answer = "same" | "signed-out" | "other-role" | "unreachable";

// The most that one answer holds.
const pageMax = 500;
// More than this behind, the list is what shows them: the rest comes with the next poll.
const pagesMax = 20;
// Toasts wait for it, so it must not take the twenty seconds that other requests may.
const preferencesMs = 3_000;

export class Questions {
  private readonly person: string;
  private readonly role: Role;
  private readonly base: string;

  constructor(person: string, role: Role) {
    this.person = person;
    this.role = role;
    this.base = callbacksBase(role);
  }

  streamUrl(after: string | null): string {
    return withQuery(`${this.base}/stream`, { after: after ?? undefined });
  }

  /** Whether whoever is signed in now is still the one that the stream is for. */
  async whoIsIt(signal: AbortSignal): Promise<Answer> {
    try {
      const me = await getJson<Me>("/api/auth/me", signal);
      if (me.id !== this.person) return "signed-out";
      return me.role === this.role ? "same" : "other-role";
    } catch (error) {
      return isRefusal(error) ? "signed-out" : "unreachable";
    }
  }

  /** Everything after the cursor, page by page, oldest first. */
  async *after(cursor: string, signal: AbortSignal): AsyncGenerator<CheckPage> {
    let after = cursor;
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const page = await this.check(after, pageMax, signal);
      yield page;
      if (!page.hasMore || page.nextCursor === null) return;
      after = page.nextCursor;
    }
  }

  /** The cursor of one callback after this one, if there is any. */
  async next(cursor: string, signal: AbortSignal): Promise<string | null> {
    return (await this.check(cursor, 1, signal)).items[0]?.cursor ?? null;
  }

  /** The cursor of the newest callback there is. */
  async head(signal: AbortSignal): Promise<string> {
    const url = withQuery(`${this.base}/history`, { limit: 10 });
    return (await getJson<HistoryPage>(url, signal)).callbacks[0]?.cursor ?? "0";
  }

  async preferences(): Promise<Preferences> {
    const inTime = AbortSignal.timeout(preferencesMs);
    return readPreferences(await getJson<unknown>("/api/me/preferences", inTime));
  }

  private check(after: string, limit: number, signal: AbortSignal): Promise<CheckPage> {
    return getJson<CheckPage>(withQuery(`${this.base}/check`, { after, limit }), signal);
  }
}

export function isRefusal(error: unknown): boolean {
  return error instanceof Problem && (error.status === 401 || error.status === 403);
}
