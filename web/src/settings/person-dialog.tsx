// Adding a person: who, what they may see, and how they sign in. What they need to sign in is shown at
// the end, once, to be passed on.
import { type FormEvent, useState } from "react";
import { Problem } from "@/api/http";
import { useCreatePerson } from "@/api/people";
import type { NewPerson, Role } from "@/api/types";
import { passwordFault } from "@/lib/new-password";
import { BusyButton, Button } from "@/ui/button";
import { ChoiceCards } from "@/ui/choice-cards";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { FormError } from "@/ui/form-error";
import { PasswordField } from "@/ui/password-field";
import { SignInDetails } from "./sign-in-details";

type Props = {
  /** Whose accounts may sign in here too; null where none is configured. */
  issuer: string | null;
  onClose: () => void;
};

type Draft = {
  email: string;
  role: Role;
  way: "password" | "external";
  password: string;
  subject: string;
};
type Faults = Partial<Record<"email" | "password" | "subject", string>>;

const blank: Draft = { email: "", role: "MEMBER", way: "password", password: "", subject: "" };

export function PersonDialog({ issuer, onClose }: Props) {
  const create = useCreatePerson();
  const [draft, setDraft] = useState(blank);
  const [checked, setChecked] = useState<Faults>({});
  const [added, setAdded] = useState(false);
  const faults = { ...checked, ...faultsOf(create.error) };
  const unplaced = Object.keys(faultsOf(create.error)).length === 0 ? create.error : null;

  function change(part: Partial<Draft>) {
    setDraft({ ...draft, ...part });
    setChecked({});
    create.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = check(draft);
    setChecked(found);
    if (Object.keys(found).length > 0) focusFirstFault(event.currentTarget);
    else create.mutate(requestOf(draft), { onSuccess: () => setAdded(true) });
  }
  if (added) {
    return (
      <SignInDetails
        title={`${draft.email.trim()} can sign in now`}
        email={draft.email.trim()}
        password={draft.way === "password" ? draft.password : null}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog title="Add person" busy={create.isPending} onClose={onClose} className="max-w-120">
      <form onSubmit={submit} noValidate className="mt-4 space-y-4">
        <FormError error={unplaced} />
        <TextField
          label="E-mail"
          type="email"
          value={draft.email}
          onChange={(event) => change({ email: event.target.value })}
          error={faults.email}
          autoComplete="off"
        />
        <ChoiceCards
          legend="Role"
          name="role"
          value={draft.role}
          onChange={(role) => change({ role })}
          className="sm:grid-cols-2"
          choices={[
            { value: "MEMBER", label: "Member", hint: "Sees verified callbacks of their own jobs" },
            { value: "ADMIN", label: "Admin", hint: "Sees every callback, manages people" },
          ]}
        />
        {issuer && (
          <ChoiceCards
            legend="Signs in with"
            name="way"
            value={draft.way}
            onChange={(way) => change({ way })}
            className="sm:grid-cols-2"
            choices={[
              { value: "password", label: "A password" },
              { value: "external", label: "An account elsewhere", hint: issuer },
            ]}
          />
        )}
        {draft.way === "password" ? (
          <PasswordField
            label="Password"
            value={draft.password}
            onChange={(password) => change({ password })}
            error={faults.password}
            hint="At least 12 characters. You pass it on; they can change it."
            autoComplete="new-password"
            generates
          />
        ) : (
          <TextField
            label="Subject"
            value={draft.subject}
            onChange={(event) => change({ subject: event.target.value })}
            error={faults.subject}
            hint="The account's “sub” at the issuer, as its tokens carry it."
            autoComplete="off"
          />
        )}
        <DialogActions>
          <Button onClick={onClose} disabled={create.isPending}>
            Cancel
          </Button>
          <BusyButton type="submit" look="primary" busy={create.isPending}>
            Add person
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function check(draft: Draft): Faults {
  const faults: Faults = {};
  if (!/^[^\s@]+@[^\s@]+$/.test(draft.email.trim()))
    faults.email = "An e-mail address, such as ada@example.org";
  if (draft.way === "password") {
    const fault = passwordFault(draft.password);
    if (fault) faults.password = fault;
  } else if (draft.subject.trim() === "") {
    faults.subject = "Without it nobody could sign in";
  }
  return faults;
}

function requestOf({ email, role, way, password, subject }: Draft): NewPerson {
  return way === "password"
    ? { email: email.trim(), role, password }
    : { email: email.trim(), role, externalSubject: subject.trim() };
}

/** What the server found, at the field that it is about. */
function faultsOf(error: Error | null): Faults {
  if (!(error instanceof Problem)) return {};
  if (error.code === "email_taken") return { email: error.message };
  if (error.code === "external_taken") return { subject: error.message };
  if (error.message.startsWith("email ")) return { email: error.message };
  return error.message.startsWith("a password ") ? { password: error.message } : {};
}

function focusFirstFault(form: EventTarget): void {
  // After the faults are on screen.
  requestAnimationFrame(() => {
    if (form instanceof HTMLElement) form.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  });
}
