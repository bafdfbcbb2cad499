// What has come while somebody reads further down, and the way to it.
import { ArrowUp } from "lucide-react";
import { formatCount } from "@/lib/format";

type Props = { count: number; more: boolean; onClick: () => void };

export function NewAbove({ count, more, onClick }: Props) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="absolute top-11 left-1/2 z-30 inline-flex h-8 -translate-x-1/2 animate-appear items-center gap-1.5 rounded-full bg-accent px-3 font-medium text-accent-ink shadow-pop"
    >
      <ArrowUp className="size-4" aria-hidden />
      {formatCount(count)}
      {more && "+"} new
    </button>
  );
}
