// What went wrong with a form as a whole, told to screen readers the moment it appears.
import { cn } from "@/lib/cn";

export function FormError({ error, className }: { error: Error | null; className?: string }) {
  if (error === null) return null;
  return (
    <p
      role="alert"
      className={cn(
        "rounded-md bg-bad-soft px-3 py-2 text-bad [overflow-wrap:anywhere] first-letter:uppercase",
        className,
      )}
    >
      {error.message}
    </p>
  );
}
