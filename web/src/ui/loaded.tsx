// The states that everything read from the server has: coming, failed, there, and there but not fresh.
import { CloudOff } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";
import { Notice } from "./notice";

type Query<T> = { data: T | undefined; error: Error | null; refetch: () => unknown };

type Props<T> = {
  query: Query<T>;
  /** What it is, for sentences: "sessions". */
  what: string;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
};

export function Loaded<T>({ query, what, skeleton, children }: Props<T>) {
  const { data, error, refetch } = query;
  if (data !== undefined) {
    return (
      <>
        {error && <NotFresh what={what} error={error} onRetry={refetch} />}
        {children(data)}
      </>
    );
  }
  if (error) {
    return (
      <div className="rounded-xl border border-line bg-surface py-6">
        <Notice icon={CloudOff} title={`The ${what} could not be loaded`} tone="bad">
          <p className="max-w-96 text-muted first-letter:uppercase">{error.message}</p>
          <Button onClick={() => void refetch()} className="mt-2">
            Try again
          </Button>
        </Notice>
      </div>
    );
  }
  return (
    <div role="status">
      <span className="sr-only">Loading {what}</span>
      {skeleton ?? <RowsSkeleton />}
    </div>
  );
}

type NotFreshProps = { what: string; error: Error; onRetry: () => unknown };

function NotFresh({ what, error, onRetry }: NotFreshProps) {
  return (
    <div
      role="alert"
      className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-lg bg-warn-soft px-3 py-2 text-warn"
    >
      <span>
        The {what} could not be read again: what is here was read before. {error.message}
      </span>
      <Button onClick={() => void onRetry()}>Try again</Button>
    </div>
  );
}

const lines = ["w-40", "w-56", "w-32"];

function RowsSkeleton() {
  return (
    <div className="divide-y divide-line rounded-xl border border-line bg-surface">
      {lines.map((width) => (
        <div key={width} className="flex h-15 items-center gap-3 px-3.5">
          <div className="size-8 rounded-lg bg-hover motion-safe:animate-breathe" />
          <div className="flex-1">
            <div
              className={`mb-2 h-2.5 max-w-full rounded-full bg-hover motion-safe:animate-breathe ${width}`}
            />
            <div className="h-2 w-24 rounded-full bg-hover motion-safe:animate-breathe" />
          </div>
        </div>
      ))}
    </div>
  );
}
