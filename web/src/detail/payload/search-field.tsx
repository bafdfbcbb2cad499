// The search of a payload: what for, which match of how many, and the way to the others.
import { ChevronDown, ChevronUp, Search as SearchIcon, X } from "lucide-react";
import type { KeyboardEvent } from "react";
import { formatCount } from "@/lib/format";
import { IconButton } from "@/ui/button";
import type { Search } from "./use-search";

type Props = { search: Search; className?: string };

export function SearchField({ search, className }: Props) {
  const { query, setQuery, matches, move } = search;
  const none = matches.length === 0;

  function steer(event: KeyboardEvent) {
    if (event.key === "Enter") {
      event.preventDefault();
      move(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && query !== "") {
      // The first Escape leaves the search, the next one the window.
      event.preventDefault();
      setQuery("");
    }
  }
  return (
    <div
      className={`flex h-7 min-w-0 items-center rounded-md border border-line bg-surface pl-2 has-[input:focus]:border-accent ${className ?? ""}`}
    >
      <SearchIcon className="size-3.5 shrink-0 text-muted" aria-hidden />
      <input
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={steer}
        placeholder="Search payload"
        aria-label="Search payload"
        spellCheck={false}
        autoComplete="off"
        className="h-full w-0 min-w-16 flex-1 bg-transparent px-1.5 text-label outline-none [&::-webkit-search-cancel-button]:hidden"
      />
      <span role="status" className="shrink-0 pr-1 text-label text-muted">
        {countOf(search)}
      </span>
      {query !== "" && (
        <>
          <IconButton
            icon={ChevronUp}
            label="Previous match"
            aria-disabled={none}
            onClick={() => move(-1)}
            className="size-6"
          />
          <IconButton
            icon={ChevronDown}
            label="Next match"
            aria-disabled={none}
            onClick={() => move(1)}
            className="size-6"
          />
          <IconButton
            icon={X}
            label="Clear the search"
            onClick={() => setQuery("")}
            className="size-6"
          />
        </>
      )}
    </div>
  );
}

function countOf({ query, matches, at, done, capped }: Search): string {
  if (query === "") return "";
  if (matches.length === 0) return done ? "No match" : "…";
  const more = capped ? "+" : done ? "" : "…";
  return `${formatCount(at + 1)} of ${formatCount(matches.length)}${more}`;
}
