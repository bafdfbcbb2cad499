// Names and values in two aligned columns; one above the other where there is no room.
import type { ReactNode } from "react";

export type Fact = { name: string; value: ReactNode; note?: ReactNode };

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="divide-y divide-line">
      {facts.map(({ name, value, note }) => (
        <div
          key={name}
          className="grid min-h-10 items-baseline gap-x-4 px-3.5 py-2.5 sm:grid-cols-[11rem_1fr]"
        >
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">
            {value}
            {note && <div className="text-label text-muted">{note}</div>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
