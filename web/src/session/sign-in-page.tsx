// Signing in: with e-mail and password, or with a one-time link, which is used only when a person
// presses the button, so that a program that merely opens links does not use it up.
import { type FormEvent, useState, useSyncExternalStore } from "react";
import { Problem } from "@/api/http";
import { useSignIn } from "@/api/session";
import { takeEnd } from "@/api/session-end";
import { usePageTitle } from "@/lib/page-title";
import { BusyButton } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Logo } from "@/ui/logo";
import { PasswordField } from "@/ui/password-field";

const endings = {
  session_expired: "Your session has ended. Sign in to go on.",
  signed_out: "You have been signed out.",
  role_removed: "Your access has changed. Sign in again.",
} as const;

/** The token of a one-time link; such a link may also be pasted into a tab that is here already. */
function useLink(): string | null {
  const hash = useSyncExternalStore(
    (changed) => {
      addEventListener("hashchange", changed);
      return () => removeEventListener("hashchange", changed);
    },
    () => location.hash,
  );
  return new URLSearchParams(hash.slice(1)).get("link");
}

export function SignInPage() {
  usePageTitle("Sign in");
  const [ending] = useState(takeEnd);
  const link = useLink();
  return (
    <main className="flex h-full items-center justify-center overflow-y-auto p-4">
      <div className="w-full max-w-88">
        <div className="mb-5 flex items-center gap-2.5">
          <Logo className="size-8" />
          <span className="font-semibold text-title tracking-tight">callbackd</span>
        </div>
        <div className="rounded-xl border border-line bg-surface p-5 shadow-pop">
          {ending && (
            <p role="status" className="mb-4 rounded-md bg-accent-soft px-3 py-2 text-accent">
              {endings[ending]}
            </p>
          )}
          {link === null ? (
            <PasswordForm />
          ) : (
            <LinkForm key={link} token={link} onOther={() => location.assign("#")} />
          )}
        </div>
      </div>
    </main>
  );
}

function LinkForm({ token, onOther }: { token: string; onOther: () => void }) {
  const signIn = useSignIn();
  return (
    <>
      <h1 className="font-semibold text-toast">Sign in with your one-time link</h1>
      <p className="mt-1 mb-4 text-muted">The link works once and for ten minutes.</p>
      <Failure error={signIn.error} refusal="This link has been used or has expired." />
      <BusyButton
        look="primary"
        className="h-9 w-full"
        busy={signIn.isPending}
        onClick={() => signIn.mutate({ token })}
      >
        Sign in
      </BusyButton>
      <button
        type="button"
        onClick={onOther}
        className="mt-3 rounded text-muted underline underline-offset-4 hover:text-ink"
      >
        Use e-mail and password instead
      </button>
    </>
  );
}

function PasswordForm() {
  const signIn = useSignIn();
  const [password, setPassword] = useState("");

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ email: String(form.get("email")), password });
  }
  return (
    <form onSubmit={submit} className="space-y-3">
      <h1 className="mb-4 font-semibold text-toast">Sign in</h1>
      <Failure error={signIn.error} refusal="E-mail or password is wrong." />
      <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
      />
      <BusyButton type="submit" look="primary" className="mt-1 h-9 w-full" busy={signIn.isPending}>
        Sign in
      </BusyButton>
    </form>
  );
}

function Failure({ error, refusal }: { error: Error | null; refusal: string }) {
  if (error === null) return null;
  return (
    <p role="alert" className="mb-3 rounded-md bg-bad-soft px-3 py-2 text-bad">
      {explain(error, refusal)}
    </p>
  );
}

function explain(error: Error, refusal: string): string {
  if (!(error instanceof Problem)) return "The server cannot be reached. Try again.";
  if (error.status === 429) return `Too many attempts. Try again in ${error.retryAfterS ?? 60} s.`;
  if (error.status < 500) return refusal;
  return error.message;
}
