// Who gets in, and what they may see.
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { usePeople } from "@/api/people";
import { useMe } from "@/api/session";
import { Button } from "@/ui/button";
import { Loaded } from "@/ui/loaded";
import { Rows } from "@/ui/rows";
import { PageHeading } from "@/ui/section";
import { PersonDialog } from "./person-dialog";
import { PersonRow } from "./person-row";

export function PeopleSection() {
  const people = usePeople();
  const me = useMe().data;
  const [adding, setAdding] = useState(false);
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
      <Loaded query={people} what="people">
        {({ people: list }) => {
          const admins = list.filter(({ role }) => role === "ADMIN").length;
          return (
            <Rows label="People">
              {list.map((person) => (
                <PersonRow
                  key={person.id}
                  person={person}
                  isMe={person.id === me?.id}
                  isLastAdmin={person.role === "ADMIN" && admins === 1}
                />
              ))}
            </Rows>
          );
        }}
      </Loaded>
      {adding && people.data && (
        <PersonDialog issuer={people.data.externalIssuer} onClose={() => setAdding(false)} />
      )}
    </>
  );
}
