// A modal dialog with words: what it is about, and what can be done about it.
import { type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";
import { Modal } from "./modal";

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
  const id = useId();
  return (
    <Modal
      role={role}
      aria-labelledby={`${id}-title`}
      aria-describedby={description === undefined ? undefined : `${id}-description`}
      busy={busy}
      onClose={onClose}
      className={cn("max-w-104", className)}
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
    </Modal>
  );
}

/** The buttons at the foot, the one that goes on last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
}
