// Giving somebody else another password: for whoever has forgotten theirs.
import { type FormEvent, useState } from "react";
import { useResetPassword } from "@/api/people";
import type { Person } from "@/api/types";
import { passwordFault } from "@/lib/new-password";
import { reveal } from "@/lib/reveal";
import { BusyButton, Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormError } from "@/ui/form-error";
import { PasswordField } from "@/ui/password-field";
import { SignInDetails } from "./sign-in-details";

type Props = { person: Person; onClose: () => void };

export function ResetPasswordDialog({ person, onClose }: Props) {
  const reset = useResetPassword();
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<string>();
  const email = reveal(person.email);

  function submit(event: FormEvent) {
    event.preventDefault();
    const found = passwordFault(password);
    setFault(found);
    if (!found) reset.mutate({ id: person.id, password });
  }
  if (reset.isSuccess) {
    return (
      <SignInDetails
        title={`${email} has a new password`}
        email={person.email}
        password={password}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog
      title={`New password for ${email}`}
      description="All their sessions end now. Their API tokens go on."
      busy={reset.isPending}
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate className="mt-4 space-y-4">
        <FormError error={reset.error} />
        <PasswordField
          label="New password"
          value={password}
          onChange={(next) => {
            setPassword(next);
            setFault(undefined);
          }}
          error={fault}
          hint="At least 12 characters. You pass it on; they can change it."
          autoComplete="new-password"
          generates
        />
        <DialogActions>
          <Button onClick={onClose} disabled={reset.isPending}>
            Cancel
          </Button>
          <BusyButton type="submit" look="primary" busy={reset.isPending}>
            Set password
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}
