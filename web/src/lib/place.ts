// The place in the URL: which windows are open and which filters hold. Pure, so that every link can be
// computed and shared: `/callbacks/<front>?open=<others, oldest first>&…filters`.
import { withPage } from "./place-paging";

export type Place = { front: string | null; others: string[]; search: URLSearchParams };

const windowPath = /^\/callbacks\/([^/]+)$/;
// More windows than this hide one another; the oldest gives way.
const windowsMax = 8;

export function readPlace(pathname: string, search: string): Place {
  const params = new URLSearchParams(search);
  const encoded = windowPath.exec(pathname)?.[1];
  const front = encoded === undefined ? null : decode(encoded);
  const others = (params.get("open") ?? "").split(",").filter((id) => id !== "" && id !== front);
  params.delete("open");
  return { front, others: [...new Set(others)], search: params };
}

export function writePlace({ front, others, search }: Place): string {
  const params = new URLSearchParams(search);
  if (others.length > 0) params.set("open", others.join(","));
  const query = params.toString().replaceAll("%2C", ",");
  const path = front === null ? "/" : `/callbacks/${encodeURIComponent(front)}`;
  return query === "" ? path : `${path}?${query}`;
}

/** Opens a window, or brings it to the front. */
export function withFront(place: Place, id: string): Place {
  const others = place.front === null ? place.others : [...place.others, place.front];
  const rest = others.filter((other) => other !== id).slice(1 - windowsMax);
  return { ...place, front: id, others: rest };
}

/** Closes a window; the one that was used before it comes to the front. */
export function withoutWindow(place: Place, id: string): Place {
  const others = place.others.filter((other) => other !== id);
  if (place.front !== id) return { ...place, others };
  return { ...place, front: others.at(-1) ?? null, others: others.slice(0, -1) };
}

/** Shows another callback in a window; one that is open already comes to the front instead. */
export function withOther(place: Place, id: string, other: string): Place {
  const isOpen = other === place.front || place.others.includes(other);
  if (isOpen) return withFront(place, other);
  const swap = (each: string) => (each === id ? other : each);
  return {
    ...place,
    front: place.front === null ? null : swap(place.front),
    others: place.others.map(swap),
  };
}

/** Puts a window aside, to `next` or to none. */
export function asideFor(place: Place, id: string, next: string | null): Place {
  const all = [...place.others, ...(place.front === null ? [] : [place.front])];
  const rest = all.filter((other) => other !== next && other !== id);
  return { ...place, front: next, others: [id, ...rest] };
}

/** Another filter is another list: it is shown from its newest page. */
export function withFilter(place: Place, name: string, value: string | null): Place {
  const { search } = withPage(place, null);
  if (value === null || value === "") search.delete(name);
  else search.set(name, value);
  return { ...place, search };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
