// Where a person's callbacks are: an admin sees all of them, a member those of his own jobs.
import type { Role } from "./types";

export function callbacksBase(role: Role): string {
  return role === "ADMIN" ? "/api/admin/llm-callbacks" : "/api/me/callbacks";
}
