// How many rows make a page, and the way to the next one. Pages have no numbers: what comes meanwhile
// would change them.
import { ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import type { History } from "@/api/history";
import { hasMore, lengthOf, loadedRows } from "@/api/listing";
import { type PageAt, type PageSize, pageSizes, withPage, withPageSize } from "@/lib/place-paging";
import { IconButton } from "@/ui/button";
import { go } from "@/ui/use-place";

export function Pager({ history }: { history: History }) {
  const { paging } = history;
  return (
    <nav
      aria-label="Pages of callbacks"
      className="flex h-12 shrink-0 items-center gap-2 px-3 text-label text-muted sm:px-4"
    >
      <PageSizeField size={paging.size} />
      {paging.size !== null && <Steps history={history} size={paging.size} />}
    </nav>
  );
}

function PageSizeField({ size }: { size: PageSize | null }) {
  function choose(text: string) {
    const chosen = pageSizes.find((each) => String(each) === text) ?? null;
    go((place) => withPageSize(place, chosen));
  }
  return (
    <label className="inline-flex items-center gap-2">
      Rows
      <select
        value={size ?? "endless"}
        onChange={(event) => choose(event.target.value)}
        className="h-7 rounded-md border border-line bg-surface px-1.5 text-ink"
      >
        {pageSizes.map((each) => (
          <option key={each} value={each}>
            {each} a page
          </option>
        ))}
        <option value="endless">Endless</option>
      </select>
    </label>
  );
}

function Steps({ history, size }: { history: History; size: PageSize }) {
  const { listing, paging } = history;
  const rows = loadedRows(listing).slice(0, size);
  const isNewest = paging.at === null;
  const first = rows[0]?.cursor;
  const last = rows.at(-1)?.cursor;
  const isOldest = lengthOf(listing) <= rows.length && !hasMore(listing);

  return (
    // On the left: the other corner is where toasts come up.
    <span className="inline-flex items-center gap-0.5">
      <Step icon={ChevronsLeft} label="Newest page" to={null} end={isNewest && "newest"} />
      <Step
        icon={ChevronLeft}
        label="Newer page"
        to={first === undefined ? null : { after: first }}
        end={isNewest && "newest"}
      />
      <Step
        icon={ChevronRight}
        label="Older page"
        to={last === undefined ? null : { before: last }}
        end={isOldest && "oldest"}
      />
    </span>
  );
}

type StepProps = {
  icon: typeof ChevronLeft;
  label: string;
  to: PageAt;
  end: false | "newest" | "oldest";
};

function Step({ icon, label, to, end }: StepProps) {
  return (
    <IconButton
      icon={icon}
      label={label}
      blocked={end ? `This is the ${end} page` : null}
      onClick={() => go((place) => withPage(place, to))}
    />
  );
}
