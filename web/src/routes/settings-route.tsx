// The settings: which section an address shows.
import { Redirect, Route, Switch, useLocation } from "wouter";
import { useRole } from "@/api/role";
import { SidePages, useBothFit } from "@/ui/side-pages";
import { ForAdmins, NotFound } from "./not-found";
import { isForAdmins, sectionsFor } from "./settings-sections";

export function SettingsRoute() {
  const [pathname] = useLocation();
  const role = useRole();
  const both = useBothFit();
  const sections = sectionsFor(role);
  const [first] = sections;
  const known = pathname === "/settings" || sections.some(({ href }) => href === pathname);
  if (!known) return isForAdmins(pathname) ? <ForAdmins /> : <NotFound />;
  // Where there is room beside the list of sections, the first one stands there.
  if (pathname === "/settings" && both && first) return <Redirect to={first.href} replace />;
  return (
    <SidePages title="Settings" href="/settings" pages={sections}>
      <Switch>
        {sections.map(({ href, Section }) => (
          <Route key={href} path={href}>
            <Section />
          </Route>
        ))}
      </Switch>
    </SidePages>
  );
}
