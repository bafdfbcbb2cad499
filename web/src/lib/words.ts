// Finding by a few words, as one types them into a menu.

/** Those that hold every word of the query, the ones that begin with it first. */
export function findByWords<T>(
  items: readonly T[],
  query: string,
  text: (item: T) => string,
): readonly T[] {
  const wanted = query.toLowerCase().trim();
  if (wanted === "") return items;
  const words = wanted.split(/\s+/);
  const found = items.flatMap((item) => {
    const lower = text(item).toLowerCase();
    if (!words.every((word) => lower.includes(word))) return [];
    return [{ item, rank: lower.startsWith(wanted) ? 0 : lower.includes(` ${wanted}`) ? 1 : 2 }];
  });
  return found.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}
