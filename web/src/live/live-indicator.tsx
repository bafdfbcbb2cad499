// The state of the connection, always in sight, in words and in colour.
import { RotateCw } from "lucide-react";
import { retryNow, useLive } from "@/api/live";
import type { Live } from "@/api/stream/messages";
import { cn } from "@/lib/cn";
import { useNow } from "@/lib/use-now";

type Look = { text: string; short: string; dot: string; explain: string };

function lookOf(live: Live, nowMs: number): Look {
  switch (live.kind) {
    case "connecting":
      return {
        text: "Connecting",
        short: "Connecting",
        dot: "bg-accent motion-safe:animate-breathe",
        explain: "Opening the stream.",
      };
    case "catching-up":
      return {
        text: "Catching up",
        short: "Catching up",
        dot: "bg-accent motion-safe:animate-breathe",
        explain: "Reading what came while the connection was away.",
      };
    case "live":
      return {
        text: "Live",
        short: "Live",
        dot: "bg-good",
        explain: "Callbacks appear the moment they are stored.",
      };
    case "reconnecting": {
      const seconds = Math.max(0, Math.ceil((live.atMs - nowMs) / 1_000));
      return {
        text: seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting",
        short: seconds > 0 ? `Retry in ${seconds} s` : "Retrying",
        dot: "bg-warn motion-safe:animate-breathe",
        explain: "The connection is lost. Nothing is missed: it resumes where it stopped.",
      };
    }
    case "polling":
      return {
        text: "Polling every 10 s",
        short: "Polling",
        dot: "bg-warn",
        explain:
          "The stream cannot be had, so the console asks every ten seconds and keeps trying.",
      };
    case "signed-out":
      return {
        text: "Signed out",
        short: "Signed out",
        dot: "bg-bad",
        explain: "Sign in to go on.",
      };
  }
}

export function LiveIndicator() {
  const live = useLive();
  const look = lookOf(live, useNow());
  const canRetry = live.kind === "reconnecting" || live.kind === "polling";
  return (
    <div className="flex items-center">
      <span
        title={look.explain}
        className={cn(
          "inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-md px-1.5 font-medium text-label",
          live.kind === "live" ? "text-good" : canRetry ? "text-warn" : "text-muted",
        )}
      >
        <span className={cn("size-2 shrink-0 rounded-full", look.dot)} aria-hidden />
        <span className="hidden sm:inline">{look.text}</span>
        <span className="sm:hidden">{look.short}</span>
      </span>
      {/* Announced when the kind changes, not every second of a countdown. */}
      <span role="status" className="sr-only">
        {live.kind === "reconnecting" ? "Reconnecting" : look.text}
      </span>
      {canRetry && (
        <button
          type="button"
          onClick={retryNow}
          aria-label="Reconnect now"
          title="Reconnect now"
          className="inline-flex size-7 items-center justify-center rounded-md text-warn hover:bg-hover"
        >
          <RotateCw className="size-3.5" aria-hidden />
        </button>
      )}
    </div>
  );
}
