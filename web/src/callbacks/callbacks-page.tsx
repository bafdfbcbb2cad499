// The Callbacks page: the live list of all that came, newest on top, with its filters.
import { CloudOff, SearchX } from "lucide-react";
import { useCallback, useState } from "react";
import { isFiltered, readFilters } from "@/api/filters";
import { type History, type Range, useHistory } from "@/api/history";
import { lengthOf } from "@/api/listing";
import { readPaging, withPage } from "@/lib/place-paging";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { go, usePlace } from "@/ui/use-place";
import { CallbackList } from "./callback-list";
import { EmptyInbox } from "./empty-inbox";
import { FilterBar } from "./filters/filter-bar";
import { clearFilters } from "./filters/set-filter";
import { ListSkeleton } from "./list-skeleton";
import { PageHead } from "./page-head";
import { Pager } from "./pager";
import { useFirstArrival, useNewestPage } from "./use-newest";

// The first screen, before the list knows how large it is.
const firstScreen: Range = { from: 0, to: 20 };

export function CallbacksPage() {
  const { search } = usePlace();
  const filters = readFilters(search);
  const paging = readPaging(search);
  const [looked, setLooked] = useState({ name: "", range: firstScreen });
  const name = JSON.stringify([filters, paging]);
  const history = useHistory(filters, paging, looked.name === name ? looked.range : firstScreen);
  useNewestPage(history);
  useFirstArrival(history);
  const look = useCallback((range: Range) => setLooked({ name, range }), [name]);

  return (
    <div className="flex h-full flex-col">
      <PageHead history={history} filters={filters} />
      <FilterBar filters={filters} />
      <Content history={history} filtered={isFiltered(filters)} onLook={look} />
    </div>
  );
}

type Props = { history: History; filtered: boolean; onLook: (range: Range) => void };

function Content({ history, filtered, onLook }: Props) {
  const { isRead, error, retry, listing, name, paging, searchedTo } = history;
  if (!isRead && error !== null) {
    return (
      <Notice
        icon={CloudOff}
        title="The callbacks could not be loaded"
        tone="bad"
        className="flex-1"
      >
        <p className="max-w-120 text-muted [overflow-wrap:anywhere]">{error.message}</p>
        <Button onClick={retry} className="mt-2">
          Try again
        </Button>
      </Notice>
    );
  }
  if (lengthOf(listing) > 0) {
    return (
      <>
        <CallbackList key={name} history={history} onLook={onLook} onNewest={toNewest} />
        <Pager history={history} />
      </>
    );
  }
  if (!isRead) return <ListSkeleton searchedTo={searchedTo} />;
  if (paging.at !== null) return <NothingOnPage />;
  return filtered ? <NothingFits /> : <EmptyInbox />;
}

function toNewest() {
  go((place) => withPage(place, null));
}

function NothingFits() {
  return (
    <Notice icon={SearchX} title="Nothing matches these filters" className="flex-1">
      <p className="max-w-100 text-muted">
        A callback that does appears here the moment it is stored.
      </p>
      <Button onClick={clearFilters} className="mt-2">
        Clear filters
      </Button>
    </Notice>
  );
}

function NothingOnPage() {
  return (
    <Notice icon={SearchX} title="There is nothing on this page any more" className="flex-1">
      <Button onClick={toNewest} className="mt-2">
        Go to the newest
      </Button>
    </Notice>
  );
}
