// Numbers to be read at a glance, each with its name above and what it means below.
import type { ReactNode } from "react";

export function Tiles({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3 max-sm:[&>:last-child:nth-child(odd)]:col-span-2">
      {children}
    </dl>
  );
}

type TileProps = { name: string; value: ReactNode; note?: ReactNode };

export function Tile({ name, value, note }: TileProps) {
  return (
    <div className="flex min-w-0 flex-col bg-surface px-3.5 py-3">
      <dt className="text-label text-muted">{name}</dt>
      <dd
        className="mt-0.5 truncate font-semibold text-title tracking-tight"
        title={typeof value === "string" ? value : undefined}
      >
        {value}
      </dd>
      {note && <dd className="text-label text-muted">{note}</dd>}
    </div>
  );
}
