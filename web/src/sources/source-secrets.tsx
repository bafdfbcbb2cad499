// The secrets of a source, by their fingerprints, and until when each is accepted.
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useRemoveSecret } from "@/api/source-changes";
import type { Source } from "@/api/types";
import { formatAbsolute } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { ask } from "@/ui/confirm";
import { Row, Rows } from "@/ui/rows";
import { Group } from "@/ui/section";
import { SecretDialog } from "./secret-dialog";

type Secret = Source["secrets"][number];

export function SourceSecrets({ source: { name, secrets, jwksUrl, added } }: { source: Source }) {
  const [adding, setAdding] = useState(false);
  if (jwksUrl !== null && secrets.length === 0) return null;
  return (
    <Group
      title="Secrets"
      about="Several may be accepted at once, so that one can be rotated with no callback lost. Shown are fingerprints."
      action={
        added !== null && (
          <Button onClick={() => setAdding(true)}>
            <Plus className="size-4" aria-hidden />
            New secret
          </Button>
        )
      }
    >
      {secrets.length === 0 ? (
        <p className="rounded-xl bg-warn-soft px-3.5 py-3 text-warn">
          {added === null
            ? "No secret is set: callbacks of this source are accepted although nobody has signed them."
            : "No secret is set, so nothing can be verified."}
        </p>
      ) : (
        <Rows label="Secrets">
          {secrets.map((secret) => (
            <SecretRow key={secret.id ?? secret.fingerprint} source={name} secret={secret} />
          ))}
        </Rows>
      )}
      {adding && <SecretDialog name={name} onClose={() => setAdding(false)} />}
    </Group>
  );
}

const tones = { active: "good", retiring: "warn", retired: "neutral", sealed: "bad" } as const;

function SecretRow({ source, secret }: { source: string; secret: Secret }) {
  const { id, fingerprint, state, until } = secret;
  return (
    <Row
      icon={KeyRound}
      title={<span className="font-mono font-normal">{fingerprint || "It cannot be opened"}</span>}
      facts={until === null ? [] : [`${untilWords[state]} ${formatAbsolute(until)}`]}
      actions={
        <>
          <Badge tone={tones[state]}>{state}</Badge>
          {id !== null && <RemoveSecret source={source} id={id} fingerprint={fingerprint} />}
        </>
      }
    />
  );
}

type RemovalProps = { source: string; id: string; fingerprint: string };

function RemoveSecret({ source, id, fingerprint }: RemovalProps) {
  const { mutateAsync } = useRemoveSecret(source);

  function remove() {
    ask({
      title: "Remove this secret?",
      detail: `What is signed with it (${fingerprint}) is refused from now on. This cannot be undone.`,
      action: "Remove",
      run: () => mutateAsync(id),
    });
  }
  return <IconButton icon={Trash2} label={`Remove the secret ${fingerprint}`} onClick={remove} />;
}

const untilWords = {
  active: "accepted until",
  retiring: "accepted until",
  retired: "refused since",
  sealed: "ends at",
} as const;
