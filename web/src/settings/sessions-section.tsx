// Where one is signed in, and ending it there: a device that was lost, a browser that was borrowed.
import { CircleHelp, LaptopMinimal, LogOut, Smartphone, SquareTerminal } from "lucide-react";
import { toast } from "sonner";
import { useRevokeOtherSessions, useRevokeSession, useSessions } from "@/api/sessions";
import type { Session } from "@/api/types";
import { readDevice } from "@/lib/device";
import { formatCount } from "@/lib/format";
import { reveal } from "@/lib/reveal";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ask } from "@/ui/confirm";
import { Loaded } from "@/ui/loaded";
import { Row, Rows } from "@/ui/rows";
import { PageHeading } from "@/ui/section";
import { Time } from "@/ui/time";

export function SessionsSection() {
  const sessions = useSessions();
  const others = sessions.data?.filter((session) => !session.current).length ?? 0;
  return (
    <>
      <PageHeading
        title="Sessions"
        about="Where you are signed in. A session that you end works no more, at once and everywhere."
        action={<EndOthers count={others} known={sessions.data !== undefined} />}
      />
      <Loaded query={sessions} what="sessions">
        {(list) => (
          <Rows label="Sessions">
            {list.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </Rows>
        )}
      </Loaded>
    </>
  );
}

function EndOthers({ count, known }: { count: number; known: boolean }) {
  const { mutateAsync } = useRevokeOtherSessions();

  function end() {
    ask({
      title:
        count === 1 ? "End your other session?" : `End your ${formatCount(count)} other sessions?`,
      detail: "Whoever uses them must sign in again. This browser stays signed in.",
      action: count === 1 ? "End it" : "End them",
      run: async () => {
        const { revoked } = await mutateAsync();
        toast.success(
          revoked === 1 ? "One session ended" : `${formatCount(revoked)} sessions ended`,
        );
      },
    });
  }
  return (
    <Button
      onClick={end}
      blocked={known && count === 0 ? "You are signed in nowhere else." : null}
      disabled={!known}
    >
      <LogOut className="size-4 text-muted" aria-hidden />
      End all others
    </Button>
  );
}

const icons = {
  desk: LaptopMinimal,
  phone: Smartphone,
  program: SquareTerminal,
  unknown: CircleHelp,
} as const;

function SessionRow({ session }: { session: Session }) {
  const { mutateAsync } = useRevokeSession();
  const { name, kind } = readDevice(session.userAgent);

  function end() {
    ask({
      title: `End the session of ${name}?`,
      detail: `It was last seen from ${session.address}. Whoever uses it must sign in again.`,
      action: "End session",
      run: () => mutateAsync(session.id),
    });
  }
  return (
    <Row
      icon={icons[kind]}
      title={
        <>
          <span title={reveal(session.userAgent)}>{name}</span>
          {session.current && <Badge tone="accent">this browser</Badge>}
        </>
      }
      facts={[
        <span key="address" className="font-mono">
          {session.address}
        </span>,
        <span key="seen">
          {session.current ? (
            "in use now"
          ) : (
            <>
              last seen <Time iso={session.lastSeenAt} />
            </>
          )}
        </span>,
        <span key="since">
          signed in <Time iso={session.createdAt} />
        </span>,
      ]}
      actions={
        !session.current && (
          <Button onClick={end} aria-label={`End session of ${name} at ${session.address}`}>
            End
          </Button>
        )
      }
    />
  );
}
