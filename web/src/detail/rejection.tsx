// Why a callback was not verified, in the server's words.
import { ShieldAlert } from "lucide-react";
import type { CallbackDetail } from "@/api/types";
import { formatAbsolute } from "@/lib/format";
import { Foreign } from "@/ui/foreign";

export function Rejection({ callback }: { callback: CallbackDetail }) {
  return (
    <section className="flex gap-3 border-line border-b bg-bad-soft px-4 py-3">
      <ShieldAlert className="mt-px size-4.5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0">
        <h3 className="font-semibold text-bad">
          {callback.rejection ?? "The signature was not verified"}
        </h3>
        {callback.diagnosis !== null && (
          <p className="mt-0.5 [overflow-wrap:anywhere]">
            <Foreign text={callback.diagnosis} />
          </p>
        )}
        {callback.acceptedAt !== null && (
          <p className="mt-0.5 text-muted">Accepted {formatAbsolute(callback.acceptedAt)}</p>
        )}
      </div>
    </section>
  );
}
