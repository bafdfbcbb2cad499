// Two ways to try a source without its sender: the server sends to itself, or a terminal does.
import { CircleCheck, Send } from "lucide-react";
import { Link } from "wouter";
import { useTestSource } from "@/api/sources";
import type { Source, TestCallback } from "@/api/types";
import { useHeld } from "@/lib/use-held";
import { BusyButton } from "@/ui/button";
import { Copyable } from "@/ui/copyable";
import { Foreign } from "@/ui/foreign";
import { FormError } from "@/ui/form-error";
import { Group } from "@/ui/section";
import { windowOf } from "./source-traffic";

// The server signs another one at each look. One that is as old as this is still well within the five minutes that
// services allow, and a person had time to take it along.
const commandMs = 60_000;

export function SourceTrial({ source: { name, curl, fetch } }: { source: Source }) {
  const trial = useTestSource(name);
  const command = useHeld(curl, commandMs);
  return (
    <Group
      title="Try it"
      about="With a made-up callback, as the service would send it: from here, or from a terminal."
      className="space-y-3"
    >
      <div>
        <BusyButton busy={trial.isPending} onClick={() => trial.mutate()}>
          {!trial.isPending && <Send className="size-4" aria-hidden />}
          Send a test callback
        </BusyButton>
        <div role="status">
          {trial.isSuccess && <Sent callback={trial.data} isThin={fetch !== null} />}
        </div>
        <FormError error={trial.error} className="mt-2" />
      </div>
      {command === null ? (
        <p className="rounded-xl border border-line bg-surface px-3.5 py-3 text-muted">
          There is no secret here to sign a command with.
        </p>
      ) : (
        <Copyable label="Command" text={command} />
      )}
    </Group>
  );
}

type SentProps = { callback: TestCallback; isThin: boolean };

function Sent({ callback: { id, callbackId }, isThin }: SentProps) {
  return (
    <p className="mt-2 flex items-start gap-2 rounded-md bg-good-soft px-3 py-2 text-good">
      <CircleCheck className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        It was received and stored:{" "}
        <Link href={windowOf(id)} className="font-medium underline underline-offset-4">
          <Foreign text={callbackId} />
        </Link>
        {isThin && ". What it names is made up, so it is not fetched."}
      </span>
    </p>
  );
}
