// The states of the connection in words. Pure.
import type { Live } from "@/api/stream/messages";

export type LiveTone = "good" | "busy" | "warn" | "bad";

export type LiveWords = {
  text: string;
  /** Where there is little room. */
  short: string;
  /** Told to screen readers when it changes: without the seconds that run. */
  spoken: string;
  tone: LiveTone;
  explain: string;
};

export function liveWords(live: Live, nowMs: number): LiveWords {
  switch (live.kind) {
    case "connecting":
      return {
        ...same("Connecting"),
        tone: "busy",
        explain: "Opening the stream.",
      };
    case "catching-up":
      return {
        ...same("Catching up"),
        tone: "busy",
        explain: "Reading what came while the connection was away.",
      };
    case "live":
      return {
        ...same("Live"),
        tone: "good",
        explain: "Callbacks appear the moment they are stored.",
      };
    case "reconnecting":
      return {
        ...countdown(Math.max(0, Math.ceil((live.atMs - nowMs) / 1_000))),
        spoken: "Reconnecting",
        tone: "warn",
        explain: "The connection is lost. Nothing is missed: it goes on where it stopped.",
      };
    case "polling":
      return {
        text: "Polling every 10 s",
        short: "Polling",
        spoken: "Polling every 10 s",
        tone: "warn",
        explain:
          "The stream cannot be had, so the console asks every ten seconds, and keeps trying. A proxy that buffers, or too many open streams, can be why.",
      };
    case "signed-out":
      return { ...same("Signed out"), tone: "bad", explain: endings[live.reason] };
  }
}

const endings = {
  session_expired: "Your session has ended. Sign in to go on.",
  signed_out: "You have been signed out. Sign in to go on.",
  role_removed: "Your access has changed. Sign in again.",
} as const;

function same(text: string): { text: string; short: string; spoken: string } {
  return { text, short: text, spoken: text };
}

function countdown(seconds: number): { text: string; short: string } {
  if (seconds === 0) return { text: "Reconnecting", short: "Retrying" };
  return { text: `Reconnecting in ${seconds} s`, short: `Retry in ${seconds} s` };
}
