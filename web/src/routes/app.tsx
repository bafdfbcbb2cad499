// The table of contents: which address shows what, and to whom.
import { CloudOff } from "lucide-react";
import { useEffect } from "react";
import { Redirect, Route, Switch, useLocation, useSearch } from "wouter";
import { useRole } from "@/api/role";
import { useMe } from "@/api/session";
import { SignInPage } from "@/session/sign-in-page";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { CallbacksRoute } from "./callbacks-route";
import { ForAdmins, NotFound } from "./not-found";
import { Coming } from "./page-boundary";
import { settingsPage, sourcesPage } from "./pages";
import { readReturn, signInPath } from "./return-path";
import { Shell } from "./shell";

export function App() {
  const me = useMe();
  if (me.data === undefined) {
    return me.isError ? <Away onRetry={() => void me.refetch()} /> : <Coming />;
  }
  const signedIn = me.data;
  if (signedIn === null) {
    return (
      <Switch>
        <Route path="/sign-in">
          <SignInPage />
        </Route>
        <Route>
          <ToSignIn />
        </Route>
      </Switch>
    );
  }
  return (
    <Switch>
      <Route path="/sign-in">
        <Return />
      </Route>
      <Route>
        <Shell key={`${signedIn.role}:${signedIn.id}`} me={signedIn}>
          <Pages />
        </Shell>
      </Route>
    </Switch>
  );
}

function Pages() {
  const isAdmin = useRole() === "ADMIN";
  return (
    <Switch>
      <Route path="/">
        <CallbacksRoute />
      </Route>
      {/* What is left of a callback's address without the callback. */}
      <Route path="/callbacks">
        <Redirect to="/" replace />
      </Route>
      <Route path="/callbacks/:id">
        <CallbacksRoute />
      </Route>
      <Route path="/sources/*?">{isAdmin ? <sourcesPage.Page /> : <ForAdmins />}</Route>
      <Route path="/settings/*?">
        <settingsPage.Page />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function ToSignIn() {
  const [pathname] = useLocation();
  const search = useSearch();
  return <Redirect to={signInPath(pathname, search)} replace />;
}

function Return() {
  return <Redirect to={readReturn(useSearch())} replace />;
}

function Away({ onRetry }: { onRetry: () => void }) {
  // It comes back by itself as soon as the server does.
  useEffect(() => {
    const timer = setInterval(onRetry, 5_000);
    return () => clearInterval(timer);
  }, [onRetry]);
  return (
    <main className="flex h-full items-center justify-center">
      <Notice icon={CloudOff} title="The server cannot be reached" tone="bad">
        <p className="max-w-80 text-muted">The console tries again every few seconds.</p>
        <Button onClick={onRetry} className="mt-2">
          Try now
        </Button>
      </Notice>
    </main>
  );
}
