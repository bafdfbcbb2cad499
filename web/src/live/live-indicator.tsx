// The state of the connection, always in sight, in words and in colour; pressed, it explains itself.
import { RotateCw } from "lucide-react";
import { askWhoIsSignedIn, retryNow, useLive, useLiveSinceMs } from "@/api/live";
import { cn } from "@/lib/cn";
import { formatAbsolute } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { Button } from "@/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/ui/popover";
import { Time } from "@/ui/time";
import { type LiveTone, type LiveWords, liveWords } from "./words";

const texts: Record<LiveTone, string> = {
  good: "text-good",
  busy: "text-muted",
  warn: "text-warn",
  bad: "text-bad",
};
const dots: Record<LiveTone, string> = {
  good: "bg-good",
  busy: "bg-accent motion-safe:animate-breathe",
  warn: "bg-warn motion-safe:animate-breathe",
  bad: "bg-bad",
};

export function LiveIndicator() {
  const live = useLive();
  const words = liveWords(live, useNow());
  const canRetry = live.kind === "reconnecting" || live.kind === "polling";
  return (
    <div className="flex items-center">
      <Popover>
        <PopoverTrigger
          className={cn(
            "inline-flex h-8 items-center gap-1.5 whitespace-nowrap rounded-md px-1.5 font-medium text-label hover:bg-hover",
            texts[words.tone],
          )}
        >
          <Dot tone={words.tone} />
          <span className="sr-only">Connection: </span>
          <span className="hidden sm:inline">{words.text}</span>
          <span className="sm:hidden">{words.short}</span>
        </PopoverTrigger>
        <PopoverContent aria-label="Connection" align="end" className="w-80 gap-2 p-4">
          <Explanation words={words} />
          {canRetry && <Button onClick={retryNow}>Try now</Button>}
          {live.kind === "signed-out" && <Button onClick={askWhoIsSignedIn}>Sign in</Button>}
        </PopoverContent>
      </Popover>
      {/* Announced when the kind changes, not every second of a countdown. */}
      <span role="status" className="sr-only">
        {words.spoken}
      </span>
      {/* A phone has no room for it: there it is behind the words. */}
      {canRetry && (
        <button
          type="button"
          onClick={retryNow}
          aria-label="Reconnect now"
          title="Reconnect now"
          className="hidden size-8 items-center justify-center rounded-md text-warn hover:bg-hover sm:inline-flex"
        >
          <RotateCw className="size-3.5" aria-hidden />
        </button>
      )}
    </div>
  );
}

function Dot({ tone }: { tone: LiveTone }) {
  return <span className={cn("size-2 shrink-0 rounded-full", dots[tone])} aria-hidden />;
}

function Explanation({ words }: { words: LiveWords }) {
  const since = new Date(useLiveSinceMs()).toISOString();
  return (
    <>
      <p className={cn("flex items-center gap-2 font-semibold", texts[words.tone])}>
        <Dot tone={words.tone} />
        {words.text}
      </p>
      <p>{words.explain}</p>
      <p className="text-label text-muted" title={formatAbsolute(since)}>
        Since <Time iso={since} />
      </p>
    </>
  );
}
