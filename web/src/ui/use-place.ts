// The place in the URL, for components: where we are, and a way to go elsewhere.
import { useLocation, useSearch } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { type Place, readPlace, writePlace } from "@/lib/place";

export function usePlace(): Place {
  const [pathname] = useLocation();
  return readPlace(pathname, useSearch());
}

/** Computed from where the page is at that moment, so that it can be called from anywhere. */
export function go(change: (place: Place) => Place, replace = false): void {
  const place = readPlace(location.pathname, location.search);
  navigate(writePlace(change(place)), { replace });
}
