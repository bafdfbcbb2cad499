// A modal dialog: the browser's own element, which makes the page behind it inert, keeps the focus,
// closes on Escape, and lies above everything else. What it lacks is here: the focus goes back also
// to a menu's button, and nothing closes while it must not.
import { type ReactNode, type SyntheticEvent, useId, useLayoutEffect, useRef } from "react";
import { cn } from "@/lib/cn";
import { focusOrigin } from "./focus-origin";

type Props = {
  title: string;
  /** Said with the title when the dialog opens. */
  description?: ReactNode;
  role?: "dialog" | "alertdialog";
  /** While something is under way that closing would only seem to stop. */
  busy?: boolean;
  onClose: () => void;
  className?: string;
  children: ReactNode;
};

/** It is open for as long as it is rendered. The first control in it gets the focus. */
export function Dialog({ title, description, role = "dialog", busy, ...props }: Props) {
  const { onClose, className, children } = props;
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the element leaves the page: one that is gone cannot give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    const origin = focusOrigin();
    dialog.showModal();
    return () => {
      dialog.close();
      origin();
    };
  }, []);

  function cancel(event: SyntheticEvent) {
    // The element would close itself; whoever renders it decides.
    event.preventDefault();
    if (!busy) onClose();
  }
  return (
    <dialog
      ref={element}
      role={role}
      aria-labelledby={`${id}-title`}
      aria-describedby={description === undefined ? undefined : `${id}-description`}
      onCancel={cancel}
      className={cn(
        "m-auto flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-104 flex-col rounded-xl border border-line bg-surface text-ink shadow-window motion-safe:animate-appear",
        className,
      )}
    >
      <div className="overflow-y-auto p-5">
        <h2 id={`${id}-title`} className="font-semibold text-toast [overflow-wrap:anywhere]">
          {title}
        </h2>
        {description !== undefined && (
          <div id={`${id}-description`} className="mt-1.5 text-muted [overflow-wrap:anywhere]">
            {description}
          </div>
        )}
        {children}
      </div>
    </dialog>
  );
}

/** The buttons at the foot, the one that goes on last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
}
