// What an admin can do with a rejected request: have it checked by the settings of now, and accept it.
import { BadgeCheck, RefreshCw } from "lucide-react";
import { toast } from "sonner";
import { causeWords } from "@/api/cause-words";
import { useAccept, useCheckAgain } from "@/api/review";
import type { CallbackDetail } from "@/api/types";
import { BusyButton, Button } from "@/ui/button";
import { ask } from "@/ui/confirm";
import { FormError } from "@/ui/form-error";

export function ReviewActions({ callback }: { callback: CallbackDetail }) {
  const check = useCheckAgain(callback.id);
  const accept = useAccept(callback.id);

  function askToAccept() {
    const verifies = callback.diagnosis?.code === "verified";
    ask({
      title: "Accept this request?",
      detail: verifies
        ? "It is stored as a new, verified callback, and everybody who follows gets it. The rejected request stays, and names it."
        : "It is stored as a new callback, and everybody who follows gets it. Nothing proves who sent it: it stays marked as not verified, with your name. The rejected request stays, and names it.",
      action: "Accept",
      run: async () => {
        const { duplicate, signatureValid } = await accept();
        const state = signatureValid ? "verified" : "not verified";
        toast.success(
          duplicate ? "That callback was there already." : `Accepted: a new callback, ${state}.`,
        );
      },
    });
  }
  return (
    <>
      <div className="mt-3 flex flex-wrap gap-2">
        <BusyButton busy={check.isPending} onClick={() => check.mutate()}>
          {!check.isPending && <RefreshCw className="size-4" aria-hidden />}
          Check again
        </BusyButton>
        {callback.acceptedAs === null && (
          <Button onClick={askToAccept} blocked={whyNot(callback)}>
            <BadgeCheck className="size-4" aria-hidden />
            Accept…
          </Button>
        )}
      </div>
      <p role="status" className="sr-only">
        {check.isSuccess && `Checked again: ${causeWords(check.data.code)}`}
      </p>
      <FormError error={check.error} className="mt-2" />
    </>
  );
}

function whyNot(callback: CallbackDetail): string | null {
  if (callback.rawBytes > 0) return null;
  return "Its body was not read, so there is nothing to accept. Have the sender send it again.";
}
