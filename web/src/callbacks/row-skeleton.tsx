// A row that is being read again, after its chunk was let go of.

type Props = { index: number; top: number; height: number };

export function RowSkeleton({ index, top, height }: Props) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)`, height }}
      className="absolute inset-x-0 top-0 flex items-center border-line border-b px-4"
    >
      <div role="gridcell" className="w-full">
        <span className="sr-only">Loading</span>
        <div
          className="h-2.5 rounded-full bg-hover motion-safe:animate-breathe"
          style={{ width: `${60 + ((index * 17) % 35)}%` }}
        />
      </div>
    </div>
  );
}
