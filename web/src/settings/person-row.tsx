// One person: their role, and the end of their access.
import { KeyRound, ShieldUser, Trash2, UserRound } from "lucide-react";
import { useState } from "react";
import { useRemovePerson, useSetRole } from "@/api/people";
import type { Person, Role } from "@/api/types";
import { reveal } from "@/lib/reveal";
import { Badge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { ask } from "@/ui/confirm";
import { Foreign } from "@/ui/foreign";
import { Row } from "@/ui/rows";
import { Select } from "@/ui/select";
import { Time } from "@/ui/time";
import { ResetPasswordDialog } from "./reset-password-dialog";

type Props = { person: Person; isMe: boolean; isLastAdmin: boolean };

const lastAdmin = "This is the last admin: make somebody else an admin first.";

export function PersonRow({ person, isMe, isLastAdmin }: Props) {
  const { mutateAsync: remove } = useRemovePerson();
  const { mutateAsync: setRole } = useSetRole();
  const [resetting, setResetting] = useState(false);
  const { id, role, createdAt } = person;
  const email = reveal(person.email);

  function askRole(next: Role) {
    ask({
      title: next === "ADMIN" ? `Make ${email} an admin?` : `Make ${email} a member?`,
      detail: consequence(next, isMe),
      action: next === "ADMIN" ? "Make admin" : "Make member",
      run: () => setRole({ id, role: next }),
    });
  }
  function askRemove() {
    ask({
      title: `Remove ${email}?`,
      detail:
        "Their sessions and API tokens stop working at once, and their preferences are gone. Callbacks stay.",
      action: "Remove",
      run: () => remove(id),
    });
  }
  return (
    <Row
      wide
      icon={role === "ADMIN" ? ShieldUser : UserRound}
      title={
        <>
          <Foreign text={person.email} />
          {isMe && <Badge tone="accent">you</Badge>}
        </>
      }
      facts={[
        <span key="added">
          added <Time iso={createdAt} />
        </span>,
      ]}
      actions={
        <>
          <Select
            label={`Role of ${email}`}
            value={role}
            choices={roles}
            blocked={isLastAdmin ? lastAdmin : null}
            onChange={askRole}
          />
          <IconButton
            icon={KeyRound}
            label={`Set a new password for ${email}`}
            blocked={isMe ? "Change your own password in Account." : null}
            onClick={() => setResetting(true)}
          />
          <IconButton
            icon={Trash2}
            label={`Remove ${email}`}
            blocked={whyNotRemove(isMe, isLastAdmin)}
            onClick={askRemove}
          />
          {resetting && <ResetPasswordDialog person={person} onClose={() => setResetting(false)} />}
        </>
      }
    />
  );
}

const roles = [
  { value: "ADMIN", label: "Admin" },
  { value: "MEMBER", label: "Member" },
] as const;

function consequence(next: Role, isMe: boolean): string {
  if (next === "ADMIN")
    return "Admins see every callback, and manage people, sources and settings.";
  const loss = "see only the verified callbacks of their own jobs, and their streams end now";
  return isMe
    ? "You will see only the verified callbacks of your own jobs, and cannot undo this yourself."
    : `They will ${loss}.`;
}

function whyNotRemove(isMe: boolean, isLastAdmin: boolean): string | null {
  if (isLastAdmin) return lastAdmin;
  return isMe ? "You cannot remove yourself: another admin can." : null;
}
