// Changing one's own password, by whoever knows the one before.
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { useChangePassword } from "@/api/account";
import { Problem } from "@/api/http";
import { passwordFault } from "@/lib/new-password";
import { BusyButton } from "@/ui/button";
import { FormError } from "@/ui/form-error";
import { PasswordField } from "@/ui/password-field";
import { Panel } from "@/ui/section";

export function PasswordPanel({ hasPassword }: { hasPassword: boolean }) {
  return (
    <Panel
      title="Password"
      about="When it changes, your other sessions end. API tokens go on."
      className="p-3.5"
    >
      {hasPassword ? (
        <PasswordForm />
      ) : (
        <p className="max-w-120 text-muted">
          You sign in in another way and have none. Another admin can give you one in People, or
          whoever runs the server with <code className="font-mono">callbackd admin password</code>.
        </p>
      )}
    </Panel>
  );
}

const blank = { current: "", next: "" };
type Faults = { current?: string; next?: string };

function PasswordForm() {
  const change = useChangePassword();
  const [draft, setDraft] = useState(blank);
  const [checked, setChecked] = useState<Faults>({});
  const isWrong = change.error instanceof Problem && change.error.code === "wrong_password";
  const faults: Faults = isWrong ? { current: "This is not your password." } : checked;

  function edit(part: Partial<typeof blank>) {
    setDraft({ ...draft, ...part });
    setChecked({});
    change.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = check(draft);
    setChecked(found);
    if (Object.keys(found).length > 0) return;
    change.mutate(
      { currentPassword: draft.current, newPassword: draft.next },
      {
        onSuccess: () => {
          setDraft(blank);
          toast.success("Your password has changed");
        },
      },
    );
  }
  return (
    <form onSubmit={submit} noValidate className="max-w-88 space-y-3">
      <FormError error={isWrong ? null : change.error} />
      <PasswordField
        label="Current password"
        value={draft.current}
        onChange={(current) => edit({ current })}
        error={faults.current}
        autoComplete="current-password"
      />
      <PasswordField
        label="New password"
        value={draft.next}
        onChange={(next) => edit({ next })}
        error={faults.next}
        hint="At least 12 characters: a few words are better than a short riddle."
        autoComplete="new-password"
        generates
      />
      <BusyButton type="submit" busy={change.isPending}>
        Change password
      </BusyButton>
    </form>
  );
}

function check({ current, next }: typeof blank): Faults {
  const faults: Faults = {};
  if (current === "") faults.current = "Your password as it is now.";
  const fault = passwordFault(next) ?? (next === current ? "This is your password already." : null);
  if (fault) faults.next = fault;
  return faults;
}
