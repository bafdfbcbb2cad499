// How fetching the object stands that a callback only names: what was tried, what was answered, when next. The object
// itself is shown beside the payload.
import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { useFetchAgain } from "@/api/objects";
import { useRole } from "@/api/role";
import type { CallbackDetail, FetchedObject } from "@/api/types";
import { formatCount, formatMoment } from "@/lib/format";
import { BusyButton } from "@/ui/button";
import { Foreign } from "@/ui/foreign";
import { FormError } from "@/ui/form-error";
import { Time } from "@/ui/time";
import { Clamped } from "./clamped";

export function ObjectState({ callback: { id, object } }: { callback: CallbackDetail }) {
  const isAdmin = useRole() === "ADMIN";
  const again = useFetchAgain(id);
  if (object === null) return null;
  const { url, error, answer, state } = object;
  return (
    <section aria-label="Object" className="border-line border-b px-4 pt-2.5 pb-2.5">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h3 className="text-label text-muted">
          Object · <span role="status">{headline(object)}</span>
        </h3>
        {isAdmin && (
          <BusyButton busy={again.isPending} onClick={() => again.mutate()}>
            {!again.isPending && <RotateCw className="size-4" aria-hidden />}
            Fetch again
          </BusyButton>
        )}
      </div>
      <FormError error={again.error} className="mt-2" />
      {error !== null && (
        <p className="mt-1 [overflow-wrap:anywhere]">
          <Clamped
            text={sentence(error)}
            className={state === "failed" ? "text-bad" : "text-warn"}
          />
        </p>
      )}
      {answer !== null && (
        <p className="mt-1 text-label text-muted [overflow-wrap:anywhere]">
          Answered: <Clamped text={answer} className="font-mono" />
        </p>
      )}
      {url !== null && (
        <p className="mt-1 text-label text-muted [overflow-wrap:anywhere]">
          <Foreign text={url} />
        </p>
      )}
    </section>
  );
}

function headline(object: FetchedObject): ReactNode {
  const { state, attempts, fetchedAt, nextAt, triedAt } = object;
  switch (state) {
    case "fetched":
      return <>fetched {fetchedAt !== null && <Time iso={fetchedAt} />}</>;
    case "failed":
      if (fetchedAt === null) return "not fetched";
      return (
        <>
          not fetched again; what is shown came <Time iso={fetchedAt} />
        </>
      );
    case "pending": {
      if (nextAt === null || triedAt === null) return "being fetched";
      const times = attempts === 1 ? "once" : `${formatCount(attempts)} times`;
      return `tried ${times}, next at ${formatMoment(nextAt, triedAt)}`;
    }
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
