// Making an API token: first its name, then the token, which is shown once.
import { type FormEvent, useState } from "react";
import { callbacksBase } from "@/api/base";
import { useRole } from "@/api/role";
import { useCreateToken } from "@/api/tokens";
import type { CreatedToken } from "@/api/types";
import { BusyButton, Button } from "@/ui/button";
import { Copyable } from "@/ui/copyable";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { FormError } from "@/ui/form-error";

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const create = useCreateToken();
  const [made, setMade] = useState<CreatedToken | null>(null);
  if (made) return <MadeDialog made={made} onClose={onClose} />;
  return (
    <NameDialog
      busy={create.isPending}
      error={create.error}
      onName={(name) => create.mutate(name, { onSuccess: setMade })}
      onClose={onClose}
    />
  );
}

type NameProps = {
  busy: boolean;
  error: Error | null;
  onName: (name: string) => void;
  onClose: () => void;
};

function NameDialog({ busy, error, onName, onClose }: NameProps) {
  const [problem, setProblem] = useState<string>();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (name === "") setProblem("Say what the token is for");
    else onName(name);
  }
  return (
    <Dialog title="New API token" busy={busy} onClose={onClose}>
      <form onSubmit={submit} noValidate className="mt-4">
        <FormError error={error} className="mb-4" />
        <TextField
          label="Name"
          name="name"
          hint="What will use it, so that you know it again."
          placeholder="nightly export"
          maxLength={100}
          autoComplete="off"
          error={problem}
          onChange={() => setProblem(undefined)}
        />
        <DialogActions>
          <Button onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <BusyButton type="submit" look="primary" busy={busy}>
            Make token
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function MadeDialog({ made, onClose }: { made: CreatedToken; onClose: () => void }) {
  const stream = `${location.origin}${callbacksBase(useRole())}/stream`;
  const curl = `curl -N -H 'Authorization: Bearer ${made.token}' '${stream}?after=0'`;
  return (
    <Dialog
      title={`Token “${made.name}”`}
      description="Copy it now: it is not kept here in a form that could be shown again."
      onClose={onClose}
      className="max-w-140"
    >
      <div className="mt-4 space-y-4">
        <Copyable label="Token" text={made.token} />
        <Copyable label="Follow the stream from a terminal" text={curl} />
      </div>
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
