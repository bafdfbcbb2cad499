// The name that says whose stream a worker, a lock or a channel belongs to.
import type { Role } from "../types";

export function streamName(person: string, role: Role): string {
  return `callbackd:${role}:${person}`;
}

export function readName(name: string): { person: string; role: Role } {
  const [, role, person] = name.split(":");
  return { person: person ?? "", role: role === "ADMIN" ? "ADMIN" : "MEMBER" };
}
