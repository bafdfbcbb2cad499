// Small drawings of what a choice of appearance looks like, made of the same tokens as the console.
import { cn } from "@/lib/cn";

type Scheme = "system" | "light" | "dark";

/** A window in miniature, in the scheme that it stands for; half and half for the system's. */
export function ThemePicture({ scheme }: { scheme: Scheme }) {
  return (
    <span aria-hidden className="relative flex h-16 overflow-hidden rounded-md border border-line">
      {scheme !== "dark" && <Miniature theme="light" />}
      {scheme !== "light" && (
        <Miniature
          theme="dark"
          className={cn(scheme === "system" && "absolute inset-y-0 right-0 w-1/2")}
        />
      )}
    </span>
  );
}

function Miniature({ theme, className }: { theme: "light" | "dark"; className?: string }) {
  return (
    <span
      data-theme={theme}
      className={cn("flex flex-1 flex-col gap-1.5 bg-canvas p-2", className)}
    >
      <span className="h-1.5 w-8 rounded-full bg-accent" />
      <span className="h-1.5 w-full rounded-full bg-line-strong" />
      <span className="h-1.5 w-4/5 rounded-full bg-line-strong" />
      <span className="h-1.5 w-3/5 rounded-full bg-line-strong" />
    </span>
  );
}

export function DensityPicture({ rows }: { rows: number }) {
  return (
    <span
      aria-hidden
      className="flex h-16 flex-col justify-between rounded-md border border-line bg-canvas px-2 py-1.5"
    >
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that never change
        <span key={row} className="flex gap-2">
          <span className="h-1 w-1/5 rounded-full bg-accent" />
          <span className="h-1 flex-1 rounded-full bg-line-strong" />
        </span>
      ))}
    </span>
  );
}
