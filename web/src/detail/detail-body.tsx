// The inside of a window, from what matters first: what went wrong, what it is, what it says.
import type { CallbackView } from "@/api/types";
import { JobTimeline } from "./job-timeline";
import { MetadataGrid } from "./metadata-grid";
import { PayloadSection } from "./payload-section";
import { Rejection } from "./rejection";
import { SignatureHeader } from "./signature-header";

export function DetailBody({ view: { callback, job } }: { view: CallbackView }) {
  return (
    <div className="flex min-h-full flex-col">
      {!callback.signatureValid && <Rejection callback={callback} />}
      <MetadataGrid callback={callback} />
      <SignatureHeader value={callback.signatureHeader} />
      {job.length > 1 && <JobTimeline items={job} current={callback.id} />}
      <PayloadSection callback={callback} />
    </div>
  );
}
