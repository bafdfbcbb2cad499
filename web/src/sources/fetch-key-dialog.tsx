// Giving a source the key with which it fetches.
import { type FormEvent, useState } from "react";
import { useSetFetchKey } from "@/api/objects";
import { BusyButton, Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormError } from "@/ui/form-error";
import { PasswordField } from "@/ui/password-field";

export function FetchKeyDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { mutate, isPending, error } = useSetFetchKey(name);
  const [key, setKey] = useState("");
  const [fault, setFault] = useState<string>();

  function submit(event: FormEvent) {
    event.preventDefault();
    if (key.trim() === "") setFault("Paste a key of the service's API");
    else mutate(key.trim(), { onSuccess: onClose });
  }
  return (
    <Dialog
      title={`Key to fetch with, of ${name}`}
      description="One that may only read is enough. It is sealed before it is stored, and shown to nobody."
      busy={isPending}
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate className="mt-4 space-y-4">
        <FormError error={error} />
        <PasswordField
          label="Key of the service's API"
          value={key}
          onChange={(text) => {
            setKey(text);
            setFault(undefined);
          }}
          error={fault}
          autoComplete="off"
        />
        <DialogActions>
          <Button onClick={onClose} disabled={isPending}>
            Cancel
          </Button>
          <BusyButton type="submit" look="primary" busy={isPending}>
            Set key
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}
