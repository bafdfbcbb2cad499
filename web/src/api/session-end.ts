// Why the last session in this tab ended: kept for the way in, which says it once.
import type { SignedOutReason } from "./stream/messages";

let ending: SignedOutReason | null = null;

export function noteEnd(reason: SignedOutReason): void {
  ending = reason;
}

/** Where nobody has said why: a request was refused before the stream could tell. */
export function noteRefusal(): void {
  ending ??= "session_expired";
}

export function forgetEnd(): void {
  ending = null;
}

export function takeEnd(): SignedOutReason | null {
  const reason = ending;
  ending = null;
  return reason;
}
