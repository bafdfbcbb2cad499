// Why a callback was not verified, in the server's words.
import { ShieldAlert } from "lucide-react";
import type { CallbackDetail } from "@/api/types";
import { formatAbsolute } from "@/lib/format";

export function Rejection({ callback }: { callback: CallbackDetail }) {
  return (
    <section className="flex gap-3 border-line border-b bg-bad-soft px-4 py-3">
      <ShieldAlert className="mt-px size-4.5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0">
        <h3 className="font-semibold text-bad">{inWords(callback)}</h3>
        <p className="mt-0.5 [overflow-wrap:anywhere]">{adviceOn(callback)}</p>
        {callback.acceptedAt !== null && (
          <p className="mt-0.5 text-muted">Accepted {formatAbsolute(callback.acceptedAt)}</p>
        )}
      </div>
    </section>
  );
}

/** A code that a later server made up is still readable without its underscores. */
function inWords({ rejection }: CallbackDetail): string {
  if (rejection === null) return "The signature was not verified";
  const words = rejection.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function adviceOn({ rejection, source }: CallbackDetail): string {
  switch (rejection) {
    case null:
      return `No secret is set for the source ${source}, so nobody knows who sent this.`;
    case "missing_signature":
      return "The request carried no signature header, so it was answered 401. Set the webhook secret at the sender.";
    case "invalid_signature":
      return "The signature does not fit the bytes received under any secret of this source, so the request was answered 401. Compare the secret at the sender with the one here.";
    default:
      return "The request was not authenticated, so it was answered 401.";
  }
}
