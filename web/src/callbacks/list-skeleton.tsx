// The list before its first page has come.
import { Searching } from "./searching";

const rows = [88, 72, 94, 60, 80, 68, 90, 76];

type Props = {
  /** Where it takes long because it is being searched for: how far back it has come. */
  searchedTo: string | null;
};

export function ListSkeleton({ searchedTo }: Props) {
  return (
    <div
      role="status"
      className="mx-3 overflow-hidden rounded-xl border border-line bg-surface sm:mx-4"
    >
      {searchedTo === null ? (
        <span className="sr-only">Loading callbacks</span>
      ) : (
        <div className="flex h-9 items-center justify-center border-line border-b text-label text-muted">
          <Searching searchedTo={searchedTo} />
        </div>
      )}
      {rows.map((width) => (
        <div
          key={width}
          className="flex h-11 items-center border-line border-b px-4 last:border-b-0"
        >
          <div
            className="h-2.5 rounded-full bg-hover motion-safe:animate-breathe"
            style={{ width: `${width}%` }}
          />
        </div>
      ))}
    </div>
  );
}
