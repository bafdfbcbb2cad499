// The inside of a window, from what matters first: what went wrong, what it is, what it says. A wide
// window has the facts on the left and the payload on the right.
import { type RefObject, useLayoutEffect, useRef } from "react";
import { useRole } from "@/api/role";
import type { CallbackView } from "@/api/types";
import { Rejection } from "@/review/rejection";
import { Acceptance } from "./acceptance";
import { JobTimeline } from "./job-timeline";
import { MetadataGrid } from "./metadata-grid";
import { ObjectState } from "./object-state";
import { PayloadSection } from "./payload/payload-section";
import { Replays } from "./replays";
import { RequestHeaders } from "./request-headers";
import { useScroller } from "./scroller";

export function DetailBody({ view: { callback, job } }: { view: CallbackView }) {
  const isAdmin = useRole() === "ADMIN";
  const facts = useRef<HTMLDivElement>(null);
  useSteadyBelow(facts);
  return (
    <div className="flex min-h-full flex-col @5xl:grid @5xl:grid-cols-[25rem_minmax(0,1fr)]">
      <div
        ref={facts}
        className="@container shrink-0 @5xl:sticky @5xl:top-0 @5xl:h-[100cqh] @5xl:overflow-y-auto @5xl:border-line @5xl:border-r"
      >
        {!callback.signatureValid && <Rejection callback={callback} />}
        <Acceptance callback={callback} />
        <div className="border-line border-b">
          <MetadataGrid callback={callback} />
        </div>
        <ObjectState callback={callback} />
        {job.length > 1 && <JobTimeline items={job} current={callback.id} />}
        {isAdmin && <Replays callback={callback} />}
        <RequestHeaders headers={callback.requestHeaders} />
      </div>
      <PayloadSection callback={callback} />
    </div>
  );
}

/** What is read below stays where it is when the facts above grow out of sight: a job goes on. */
function useSteadyBelow(facts: RefObject<HTMLElement | null>): void {
  const area = useScroller();
  useLayoutEffect(() => {
    const above = facts.current;
    if (above === null || area === null) return;
    let before = above.offsetHeight;
    const resized = new ResizeObserver(() => {
      const grown = above.offsetHeight - before;
      const isBeside = getComputedStyle(above).position === "sticky";
      if (!isBeside && area.scrollTop >= before) area.scrollTop += grown;
      before = above.offsetHeight;
    });
    resized.observe(above);
    return () => resized.disconnect();
  }, [facts, area]);
}
