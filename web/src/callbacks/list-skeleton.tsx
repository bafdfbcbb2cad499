// The list before its first page has come.

const rows = [88, 72, 94, 60, 80, 68, 90, 76];

export function ListSkeleton() {
  return (
    <div
      role="status"
      className="mx-3 overflow-hidden rounded-xl border border-line bg-surface sm:mx-4"
    >
      <span className="sr-only">Loading callbacks</span>
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
