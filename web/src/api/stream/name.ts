// The names that say whose stream a worker, a lock or a channel belongs to.
import type { Role } from "../types";

export function streamName(person: string, role: Role): string {
  return `callbackd:${role}:${person}`;
}

export function readName(name: string): { person: string; role: Role } {
  const [, role, person] = name.split(":");
  return { person: person ?? "", role: role === "ADMIN" ? "ADMIN" : "MEMBER" };
}

/** Each tab has a channel of its own, so that a message wakes up only the tab that it is for. */
export function inboxName(name: string, tab: string): string {
  return `${name}/${tab}`;
}
