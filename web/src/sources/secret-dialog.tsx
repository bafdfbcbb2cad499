// Rotating a secret: the new one is live at once, and the others until a time that gives the service its change.
import { type FormEvent, useState } from "react";
import { useAddSecret } from "@/api/source-changes";
import { BusyButton, Button } from "@/ui/button";
import { Copyable } from "@/ui/copyable";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormError } from "@/ui/form-error";
import { Select } from "@/ui/select";
import { noSecret, SecretFields, secretFault, secretOf } from "./secret-fields";

const hourMs = 3_600_000;
const ends = {
  day: { label: "In a day", afterMs: 24 * hourMs },
  hour: { label: "In an hour", afterMs: hourMs },
  week: { label: "In a week", afterMs: 7 * 24 * hourMs },
  now: { label: "At once", afterMs: 0 },
  never: { label: "Not by themselves", afterMs: null },
} as const;
type End = keyof typeof ends;

const choices = Object.entries(ends).map(([value, { label }]) => ({ value: value as End, label }));

export function SecretDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const add = useAddSecret(name);
  const [draft, setDraft] = useState(noSecret);
  const [end, setEnd] = useState<End>("day");
  const [fault, setFault] = useState<string>();

  function submit(event: FormEvent) {
    event.preventDefault();
    const found = secretFault(draft);
    setFault(found);
    if (found) return;
    add.mutate({ ...secretOf(draft), ...endOf(end) }, { onSuccess: closeUnlessShown });
  }
  function closeUnlessShown({ secret }: { secret: string | null }) {
    if (secret === null) onClose();
  }
  const secret = add.data?.secret ?? null;
  if (secret !== null) return <MadeDialog name={name} secret={secret} onClose={onClose} />;
  return (
    <Dialog
      title={`New secret for ${name}`}
      description="It is accepted at once, beside those that are there. Change it at the service before the others end."
      busy={add.isPending}
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate className="mt-4 space-y-4">
        <FormError error={add.error} />
        <SecretFields
          draft={draft}
          fault={fault}
          onChange={(next) => {
            setDraft(next);
            setFault(undefined);
          }}
        />
        <div>
          <div aria-hidden className="mb-1 font-medium text-label">
            The others end
          </div>
          <Select label="The others end" value={end} choices={choices} onChange={setEnd} />
        </div>
        <DialogActions>
          <Button onClick={onClose} disabled={add.isPending}>
            Cancel
          </Button>
          <BusyButton type="submit" look="primary" busy={add.isPending}>
            Add secret
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function endOf(end: End): { othersUntil?: string } {
  const { afterMs } = ends[end];
  return afterMs === null ? {} : { othersUntil: new Date(Date.now() + afterMs).toISOString() };
}

type MadeProps = { name: string; secret: string; onClose: () => void };

function MadeDialog({ name, secret, onClose }: MadeProps) {
  return (
    <Dialog
      title={`The new secret of ${name}`}
      description="Paste it at the service. It is not shown again."
      onClose={onClose}
      className="max-w-140"
    >
      <Copyable label="Secret" text={secret} className="mt-4" />
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
