// What somebody needs to sign in, shown once to whoever passes it on.
import { Button } from "@/ui/button";
import { Copyable } from "@/ui/copyable";
import { Dialog, DialogActions } from "@/ui/dialog";

type Props = {
  title: string;
  email: string;
  /** Null where they sign in with an account elsewhere. */
  password: string | null;
  onClose: () => void;
};

export function SignInDetails({ title, email, password, onClose }: Props) {
  const details = `${location.origin}/sign-in\nE-mail: ${email}\nPassword: ${password}`;
  return (
    <Dialog
      title={title}
      description={
        password === null
          ? "With the account elsewhere that you named."
          : "Pass this on in a safe way. The password is not shown again."
      }
      onClose={onClose}
    >
      {password !== null && <Copyable label="Sign-in details" text={details} className="mt-4" />}
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
