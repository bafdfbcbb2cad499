// Who is signed in here, and with which password.
import { useMe } from "@/api/session";
import { formatAbsolute } from "@/lib/format";
import { Facts } from "@/ui/facts";
import { PageHeading, Panel } from "@/ui/section";
import { PasswordPanel } from "./password-panel";

export function AccountSection() {
  const me = useMe().data;
  if (!me) return null;
  return (
    <>
      <PageHeading title="Account" />
      <Panel>
        <Facts
          facts={[
            { name: "E-mail", value: me.email },
            { name: "Role", value: me.role === "ADMIN" ? "Admin" : "Member" },
            { name: "This session ends", value: formatAbsolute(me.expiresAt) },
          ]}
        />
      </Panel>
      <PasswordPanel hasPassword={me.hasPassword} />
    </>
  );
}
