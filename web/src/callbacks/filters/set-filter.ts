// Writing filters into the URL, from where everything else reads them.
import { type FilterName, filterNames } from "@/api/filters";
import { type Place, withFilter } from "@/lib/place";
import { go } from "@/ui/use-place";

export function setFilter(name: FilterName, value: string | null): void {
  go((place) => withFilter(place, name, value));
}

export function clearFilters(): void {
  go(withoutFilters);
}

function withoutFilters(place: Place): Place {
  return filterNames.reduce((cleared, name) => withFilter(cleared, name, null), place);
}
