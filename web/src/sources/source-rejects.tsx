// The latest requests of a source that did not verify: each with why, and what can be done about it, when it is opened.
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { Link } from "wouter";
import { useCallbackView } from "@/api/callbacks";
import { causeWords } from "@/api/cause-words";
import { useRecentRejects } from "@/api/rejects";
import type { HistoryItem, Source } from "@/api/types";
import { cn } from "@/lib/cn";
import { Rejection } from "@/review/rejection";
import { wordsFor } from "@/review/rejection-words";
import { Foreign } from "@/ui/foreign";
import { Loaded } from "@/ui/loaded";
import { Group } from "@/ui/section";
import { Time } from "@/ui/time";
import { windowOf } from "./source-traffic";

export function SourceRejects({ source: { name, traffic } }: { source: Source }) {
  // Nothing is asked for where nothing came.
  const rejects = useRecentRejects(name, traffic.lastId !== null || traffic.rejects > 0);
  if (rejects.length === 0) return null;
  return (
    <Group
      title="Recent rejects"
      about="Requests that did not verify. Open one to see why; once the source is corrected, check it again and accept it."
    >
      <ul
        aria-label="Recent rejects"
        className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface"
      >
        {rejects.map((reject) => (
          <Reject key={reject.id} reject={reject} />
        ))}
      </ul>
    </Group>
  );
}

function Reject({ reject }: { reject: HistoryItem }) {
  const { createdAt, callbackId, eventType } = reject;
  const [open, setOpen] = useState(false);
  const body = useId();
  return (
    <li>
      <h3>
        <button
          type="button"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
          className="flex w-full items-center gap-2.5 px-3 py-2.5 text-left hover:bg-hover sm:px-3.5"
        >
          <ChevronRight
            className={cn("size-4 shrink-0 text-muted transition-transform", open && "rotate-90")}
            aria-hidden
          />
          <span className="min-w-0 flex-1 sm:flex sm:items-baseline sm:gap-3">
            <span
              className={cn(
                "block font-medium",
                reject.cause === "verified" ? "text-good" : "text-bad",
              )}
            >
              {whyOf(reject)}
            </span>
            <span className="block min-w-0 truncate text-label text-muted">
              <Foreign text={eventType ?? callbackId} />
            </span>
          </span>
          <Time iso={createdAt} className="shrink-0 text-label text-muted" />
        </button>
      </h3>
      <div id={body}>{open && <Opened reject={reject} />}</div>
    </li>
  );
}

function whyOf({ cause, rejection, source }: HistoryItem): string {
  return cause === null ? wordsFor(rejection, source, false).title : causeWords(cause);
}

function Opened({ reject: { id } }: { reject: HistoryItem }) {
  const view = useCallbackView(id);
  return (
    <div className="border-line border-t">
      <Loaded query={view} what="request">
        {({ callback }) => (
          <>
            <Rejection callback={callback} />
            <p className="px-4 py-2.5 text-label">
              {callback.acceptedAs !== null && (
                <>
                  Accepted by <Foreign text={callback.acceptedByEmail ?? "an admin"} />
                  {callback.acceptedAt !== null && (
                    <>
                      , <Time iso={callback.acceptedAt} />
                    </>
                  )}
                  {": "}
                  <Link href={windowOf(callback.acceptedAs)} className={linkLook}>
                    open the callback
                  </Link>
                  {". "}
                </>
              )}
              <Link href={windowOf(id)} className={linkLook}>
                Open the whole request
              </Link>
            </p>
          </>
        )}
      </Loaded>
    </div>
  );
}

const linkLook = "text-accent underline-offset-4 hover:underline";
