// Asking before something that cannot be undone. `ask` may be called from anywhere: a button, a menu, a
// key. The question stays open while it is being done, and says so when it fails.
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { BusyButton, Button } from "./button";
import { Dialog, DialogActions } from "./dialog";
import { FormError } from "./form-error";

export type Question = {
  /** The question itself: "Delete 3 callbacks?" */
  title: string;
  /** What will be gone, and what will not. */
  detail: ReactNode;
  /** What the button does: "Delete", never "OK". */
  action: string;
  /** Settles when it is done; what it throws is shown. */
  run: () => Promise<unknown>;
};

let open: Question | null = null;
const watchers = new Set<() => void>();

function show(question: Question | null): void {
  open = question;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function ask(question: Question): void {
  show(question);
}

/** Shows the question that is open. One for the whole page. */
export function ConfirmHost() {
  const question = useSyncExternalStore(watch, () => open);
  return question && <ConfirmDialog question={question} />;
}

function ConfirmDialog({ question }: { question: Question }) {
  const { title, detail, action, run } = question;
  const [state, setState] = useState<"asking" | "doing" | Error>("asking");
  const busy = state === "doing";
  const close = () => show(null);

  async function go() {
    setState("doing");
    try {
      await run();
      close();
    } catch (error) {
      setState(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return (
    <Dialog title={title} description={detail} role="alertdialog" busy={busy} onClose={close}>
      <FormError error={state instanceof Error ? state : null} className="mt-4" />
      <DialogActions>
        {/* First, and so focused: the key that is pressed too fast does no harm. */}
        <Button onClick={close} disabled={busy}>
          Cancel
        </Button>
        <BusyButton look="danger" busy={busy} onClick={() => void go()}>
          {action}
        </BusyButton>
      </DialogActions>
    </Dialog>
  );
}
