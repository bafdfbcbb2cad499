// One source: what to paste at the sender, how it signs, and a command that tries it.
import { KeyRound } from "lucide-react";
import { Link } from "wouter";
import type { Source } from "@/api/types";
import { Badge } from "@/ui/badge";
import { Copyable } from "@/ui/copyable";
import { Facts } from "@/ui/facts";
import { Row, Rows } from "@/ui/rows";
import { Group, PageHeading } from "@/ui/section";

export function SourceView({ source }: { source: Source }) {
  return (
    <>
      <PageHeading title={source.name} />
      <AtTheSender source={source} />
      <Secrets source={source} />
      <TryIt source={source} />
    </>
  );
}

function AtTheSender({ source: { url, scheme, signatureHeader } }: { source: Source }) {
  return (
    <Group title="At the sender" about="Paste this address where the service asks for a webhook.">
      <Copyable label="URL" text={url} className="mb-3" />
      <div className="rounded-xl border border-line bg-surface">
        <Facts
          facts={[
            { name: "Signs with", value: schemeWords[scheme] ?? scheme },
            {
              name: "Signature in",
              value: <span className="font-mono">{signatureHeader}</span>,
            },
          ]}
        />
      </div>
    </Group>
  );
}

const schemeWords: Record<string, string> = {
  "hmac-sha256-hex": "HMAC-SHA256 of the raw body, in hex",
};

function Secrets({ source: { secrets } }: { source: Source }) {
  return (
    <Group
      title="Secrets"
      about="Each of them is accepted, so that one can be rotated with no callback lost. Shown are fingerprints."
    >
      {secrets.length === 0 ? (
        <p className="rounded-xl bg-warn-soft px-3.5 py-3 text-warn">
          No secret is set: callbacks of this source are accepted although nobody has signed them.
        </p>
      ) : (
        <Rows label="Secrets">
          {secrets.map(({ fingerprint, state }) => (
            <Row
              key={fingerprint}
              icon={KeyRound}
              title={<span className="font-mono font-normal">{fingerprint}</span>}
              facts={[]}
              actions={<Badge tone="good">{state}</Badge>}
            />
          ))}
        </Rows>
      )}
    </Group>
  );
}

function TryIt({ source: { name, curl } }: { source: Source }) {
  return (
    <Group
      title="Try it"
      about="Sends one callback, signed with the newest secret, from a terminal."
      action={
        <Link
          href={`/?source=${encodeURIComponent(name)}`}
          className="text-accent underline-offset-4 hover:underline"
        >
          Callbacks of this source
        </Link>
      }
    >
      {curl === null ? (
        <p className="text-muted">There is no secret to sign with.</p>
      ) : (
        <Copyable label="Command" text={curl} />
      )}
    </Group>
  );
}
