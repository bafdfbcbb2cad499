// Who gets in, and what they may see.
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { usePeople } from "@/api/people";
import { useMe } from "@/api/session";
import { BusyButton, Button } from "@/ui/button";
import { Loaded } from "@/ui/loaded";
import { Rows } from "@/ui/rows";
import { PageHeading } from "@/ui/section";
import { PersonDialog } from "./person-dialog";
import { PersonRow } from "./person-row";

export function PeopleSection() {
  const people = usePeople();
  const [adding, setAdding] = useState(false);
  const issuer = people.data?.pages[0]?.externalIssuer ?? null;
  return (
    <>
      <PageHeading
        title="People"
        about="Admins see every callback and manage this installation. Members see the verified callbacks of their own jobs."
        action={
          <Button look="primary" onClick={() => setAdding(true)} disabled={!people.data}>
            <UserPlus className="size-4" aria-hidden />
            Add person
          </Button>
        }
      />
      <PeopleRows people={people} />
      {adding && <PersonDialog issuer={issuer} onClose={() => setAdding(false)} />}
    </>
  );
}

function PeopleRows({ people }: { people: ReturnType<typeof usePeople> }) {
  const me = useMe().data;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = people;
  return (
    <Loaded query={people} what="people">
      {({ pages }) => {
        const list = pages.flatMap((page) => page.people);
        const admins = list.filter(({ role }) => role === "ADMIN").length;
        return (
          <>
            <Rows label="People">
              {list.map((person) => (
                <PersonRow
                  key={person.id}
                  person={person}
                  isMe={person.id === me?.id}
                  // Not known before all are here; then the server says so.
                  isLastAdmin={!hasNextPage && person.role === "ADMIN" && admins === 1}
                />
              ))}
            </Rows>
            {hasNextPage && (
              <div className="mt-3 flex justify-center">
                <BusyButton busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  Show more
                </BusyButton>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
