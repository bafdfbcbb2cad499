// The settings: which section an address shows.
import { Redirect, Route, Switch, useLocation } from "wouter";
import { useRole } from "@/api/role";
import { useMedia } from "@/lib/use-media";
import { besideNavigation, SettingsLayout } from "@/settings/settings-layout";
import { ForAdmins, NotFound } from "./not-found";
import { isForAdmins, sectionsFor } from "./settings-sections";

export function SettingsRoute() {
  const [pathname] = useLocation();
  const role = useRole();
  const wide = useMedia(besideNavigation);
  const sections = sectionsFor(role);
  const [first] = sections;
  const known = pathname === "/settings" || sections.some(({ href }) => href === pathname);
  if (!known) return isForAdmins(pathname) ? <ForAdmins /> : <NotFound />;
  // Where there is room beside the list of sections, the first one stands there.
  if (pathname === "/settings" && wide && first) return <Redirect to={first.href} replace />;
  return (
    <SettingsLayout sections={sections}>
      <Switch>
        {sections.map(({ href, Section }) => (
          <Route key={href} path={href}>
            <Section />
          </Route>
        ))}
      </Switch>
    </SettingsLayout>
  );
}
