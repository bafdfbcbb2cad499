// Being at the newest callbacks: by the address, and by what is shown.
import { useEffect } from "react";
import type { History } from "@/api/history";
import { lengthOf } from "@/api/listing";
import { withPage } from "@/lib/place-paging";
import { go } from "@/ui/use-place";

/** A page above a cursor that is not full is the newest: it becomes the live page. */
export function useNewestPage({ isRead, listing, paging }: History): void {
  const { size, at } = paging;
  const isAbove = size !== null && at !== null && "after" in at;
  const isNewest = isRead && isAbove && lengthOf(listing) < size;
  useEffect(() => {
    if (isNewest) go((place) => withPage(place, null), true);
  }, [isNewest]);
}

/** Where there was nothing to read, nobody is disturbed by the first that arrives. */
export function useFirstArrival({ isRead, listing, paging, release }: History): void {
  const isFirst =
    isRead && paging.at === null && lengthOf(listing) === 0 && listing.arrivedCount > 0;
  useEffect(() => {
    if (isFirst) release();
  });
}
