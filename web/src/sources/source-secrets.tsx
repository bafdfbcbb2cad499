// The secrets of a source, by their fingerprints, and until when each is accepted.
import { KeyRound } from "lucide-react";
import type { Source } from "@/api/types";
import { formatAbsolute } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Row, Rows } from "@/ui/rows";
import { Group } from "@/ui/section";

type Secret = Source["secrets"][number];

export function SourceSecrets({ source: { secrets, jwksUrl } }: { source: Source }) {
  if (jwksUrl !== null && secrets.length === 0) return null;
  return (
    <Group
      title="Secrets"
      about="Several may be accepted at once, so that one can be rotated with no callback lost. Shown are fingerprints."
    >
      {secrets.length === 0 ? (
        <p className="rounded-xl bg-warn-soft px-3.5 py-3 text-warn">
          No secret is set: callbacks of this source are accepted although nobody has signed them.
        </p>
      ) : (
        <Rows label="Secrets">
          {secrets.map((secret) => (
            <SecretRow key={secret.id ?? secret.fingerprint} secret={secret} />
          ))}
        </Rows>
      )}
    </Group>
  );
}

const tones = { active: "good", retiring: "warn", retired: "neutral", sealed: "bad" } as const;

function SecretRow({ secret: { fingerprint, state, until } }: { secret: Secret }) {
  return (
    <Row
      icon={KeyRound}
      title={<span className="font-mono font-normal">{fingerprint || "It cannot be opened"}</span>}
      facts={until === null ? [] : [`${untilWords[state]} ${formatAbsolute(until)}`]}
      actions={<Badge tone={tones[state]}>{state}</Badge>}
    />
  );
}

const untilWords = {
  active: "accepted until",
  retiring: "accepted until",
  retired: "refused since",
  sealed: "ends at",
} as const;
