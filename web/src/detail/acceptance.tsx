// Who has accepted a rejected request and when, with the way from the reject to its callback and back.
import { Stamp } from "lucide-react";
import { Link } from "wouter";
import type { CallbackDetail } from "@/api/types";
import { withFront, writePlace } from "@/lib/place";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";
import { usePlace } from "@/ui/use-place";

export function Acceptance({ callback }: { callback: CallbackDetail }) {
  const { acceptedAt, acceptedByEmail, acceptedAs, acceptedFrom } = callback;
  if (acceptedAt === null) return null;
  const other = acceptedAs ?? acceptedFrom;
  return (
    <div
      role="note"
      aria-label="Accepted"
      className="flex gap-3 border-line border-b bg-hover px-4 py-2.5"
    >
      <Stamp className="mt-px size-4.5 shrink-0 text-muted" aria-hidden />
      <p className="min-w-0 [overflow-wrap:anywhere]">
        {acceptedAs === null ? "Accepted from a rejected request" : "Accepted as a callback"} by{" "}
        {acceptedByEmail === null ? "an admin" : <Foreign text={acceptedByEmail} />},{" "}
        <Time iso={acceptedAt} />
        {other !== null && (
          <>
            {". "}
            <OtherLink id={other}>
              {acceptedAs === null ? "Open the request" : "Open the callback"}
            </OtherLink>
          </>
        )}
      </p>
    </div>
  );
}

function OtherLink({ id, children }: { id: string; children: string }) {
  const place = usePlace();
  return (
    <Link
      href={writePlace(withFront(place, id))}
      className="font-medium text-accent underline-offset-4 hover:underline"
    >
      {children}
    </Link>
  );
}
