// A labelled line of a form: its words, what it wants, and what is wrong with it, tied together for
// screen readers. Colours alone never say that something is wrong.
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

type FrameProps = {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string | undefined;
};

type TextFieldProps = FrameProps &
  Omit<ComponentProps<"input">, "className" | "id"> & {
    /** Something at the end of the line: a button that shows or makes a password. */
    trailing?: ReactNode;
  };

export function TextField({ label, hint, error, className, trailing, ...input }: TextFieldProps) {
  const id = useId();
  // What is wrong takes the place of what is wanted.
  const note = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className={cn("block", className)}>
      <label htmlFor={id} className="mb-1 block font-medium text-label">
        {label}
      </label>
      <div className="relative flex items-center">
        <input
          {...input}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={note}
          className={cn(inputLook, "w-full", trailing ? "pr-20" : null)}
        />
        {trailing && <div className="absolute right-1 flex items-center">{trailing}</div>}
      </div>
      <FieldError id={`${id}-error`} error={error} />
      {hint && !error && (
        <p id={`${id}-hint`} className="mt-1 text-label text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

type TextAreaProps = FrameProps & Omit<ComponentProps<"textarea">, "className" | "id">;

/** The same with several lines. */
export function TextArea({ label, hint, error, className, ...area }: TextAreaProps) {
  const id = useId();
  const note = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className={cn("block", className)}>
      <label htmlFor={id} className="mb-1 block font-medium text-label">
        {label}
      </label>
      <textarea
        {...area}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note}
        className={cn(inputLook, "block h-auto w-full py-2 font-mono text-table")}
      />
      <FieldError id={`${id}-error`} error={error} />
      {hint && !error && (
        <p id={`${id}-hint`} className="mt-1 text-label text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

export const inputLook =
  "h-9 rounded-md border border-line-strong bg-surface px-2.5 text-toast placeholder:text-muted sm:text-table aria-invalid:border-bad";

export function FieldError({ id, error }: { id: string; error: string | undefined }) {
  if (!error) return null;
  return (
    <p id={id} className="mt-1 text-bad text-label first-letter:uppercase">
      {error}
    </p>
  );
}
