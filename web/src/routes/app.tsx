// The table of contents: which address shows what, and to whom.
import { CloudOff, Compass, LoaderCircle } from "lucide-react";
import { useEffect } from "react";
import { Link, Redirect, Route, Switch, useLocation, useSearch } from "wouter";
import { useMe } from "@/api/session";
import { SignInPage } from "@/session/sign-in-page";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { CallbacksRoute } from "./callbacks-route";
import { readReturn, signInPath } from "./return-path";
import { Shell } from "./shell";

export function App() {
  const me = useMe();
  if (me.data === undefined) {
    return me.isError ? <Away onRetry={() => void me.refetch()} /> : <Starting />;
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
        <Shell me={signedIn}>
          <Switch>
            <Route path="/">
              <CallbacksRoute />
            </Route>
            <Route path="/callbacks/:id">
              <CallbacksRoute />
            </Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Shell>
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

function Starting() {
  return (
    <div role="status" className="flex h-full items-center justify-center text-muted">
      <LoaderCircle className="size-5 motion-safe:animate-spin" aria-hidden />
      <span className="sr-only">Loading</span>
    </div>
  );
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

function NotFound() {
  return (
    <Notice icon={Compass} title="There is no such page" className="h-full">
      <Link href="/" className="text-accent underline underline-offset-4">
        Go to the callbacks
      </Link>
    </Notice>
  );
}
