// How far back a search for what is rare has come.
import { formatDay } from "@/lib/format";

/** `searchedTo` is the time of what it looks at now. */
export function Searching({ searchedTo }: { searchedTo: string }) {
  return (
    <span>
      Searching
      {/* Read out loud, each day that goes by would be a word too many. */}
      <span aria-hidden>
        , now at <time dateTime={searchedTo}>{formatDay(searchedTo)}</time>
      </span>
    </span>
  );
}
