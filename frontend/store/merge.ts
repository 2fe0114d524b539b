type Named = { id: string };

/** Where `id` is, or would be, in a list that has the newest first. Ids are ULIDs: their order is that of time. */
export function placeOf(list: readonly Named[], id: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.id ?? "") > id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `list` with `some` in it, each in its place; those of the same id are replaced. Both may be in any number. */
export function merge<T extends Named>(list: readonly T[], some: readonly T[]): readonly T[] {
  const next = [...list];
  const fresh: T[] = [];
  for (const it of some) {
    const at = placeOf(list, it.id);
    if (list[at]?.id === it.id) next[at] = it;
    else fresh.push(it);
  }
  if (fresh.length === 0) return next;
  fresh.sort((a, b) => (a.id < b.id ? 1 : -1));
  // One walk through both, however many are new.
  const all: T[] = [];
  let n = 0;
  for (const it of fresh) {
    const to = placeOf(next, it.id);
    while (n < to) all.push(next[n++] as T);
    all.push(it);
  }
  while (n < next.length) all.push(next[n++] as T);
  return all;
}
