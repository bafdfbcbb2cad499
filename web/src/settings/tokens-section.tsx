// One's own API tokens: what programs bring instead of a session.
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { tokensMax, useRevokeToken, useTokens } from "@/api/tokens";
import type { ApiToken } from "@/api/types";
import { Button } from "@/ui/button";
import { ask } from "@/ui/confirm";
import { Foreign } from "@/ui/foreign";
import { Loaded } from "@/ui/loaded";
import { Notice } from "@/ui/notice";
import { Row, Rows } from "@/ui/rows";
import { PageHeading } from "@/ui/section";
import { Time } from "@/ui/time";
import { TokenDialog } from "./token-dialog";

export function TokensSection() {
  const tokens = useTokens();
  const [making, setMaking] = useState(false);
  const full = (tokens.data?.length ?? 0) >= tokensMax;
  return (
    <>
      <PageHeading
        title="API tokens"
        about="Programs that follow the stream or read callbacks sign in with a token. It may do what you may."
        action={
          <Button
            look="primary"
            onClick={() => setMaking(true)}
            blocked={full ? `You have ${tokensMax} tokens: revoke one first.` : null}
          >
            <Plus className="size-4" aria-hidden />
            New token
          </Button>
        }
      />
      <Loaded query={tokens} what="API tokens">
        {(list) => (list.length === 0 ? <NoTokens /> : <TokenRows tokens={list} />)}
      </Loaded>
      {making && <TokenDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function NoTokens() {
  return (
    <div className="rounded-xl border border-line bg-surface py-8">
      <Notice icon={KeyRound} title="No tokens yet">
        <p className="max-w-96 text-muted">
          Give each program a token of its own: then one can be revoked without touching the others.
        </p>
      </Notice>
    </div>
  );
}

function TokenRows({ tokens }: { tokens: readonly ApiToken[] }) {
  return (
    <Rows label="API tokens">
      {tokens.map((token) => (
        <TokenRow key={token.id} token={token} />
      ))}
    </Rows>
  );
}

function TokenRow({ token: { id, name, createdAt, lastUsedAt } }: { token: ApiToken }) {
  const { mutateAsync } = useRevokeToken();

  function revoke() {
    ask({
      title: `Revoke the token “${name}”?`,
      detail:
        "Whatever uses it is refused from now on, and its open streams end. This cannot be undone.",
      action: "Revoke",
      run: () => mutateAsync(id),
    });
  }
  return (
    <Row
      icon={KeyRound}
      title={<Foreign text={name} />}
      facts={[
        lastUsedAt === null ? (
          "never used"
        ) : (
          <span key="used">
            last used <Time iso={lastUsedAt} />
          </span>
        ),
        <span key="made">
          made <Time iso={createdAt} />
        </span>,
      ]}
      actions={
        <Button onClick={revoke} aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      }
    />
  );
}
