/** What is chosen to have something done to it. A range starts at `anchor` and has been `range` so far. */
export type Selection = {
  on: boolean;
  ids: ReadonlySet<string>;
  anchor: string | null;
  range: readonly string[];
  /** Everything was asked for, and is not gathered yet. */
  wantsAll?: boolean;
};

export const nothing: Selection = { on: false, ids: new Set(), anchor: null, range: [] };
/** Choosing, with nothing chosen yet. */
export const begun: Selection = { ...nothing, on: true };

/** Without a job in it, choosing goes on: only Escape and the button end it. */
export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { on: true, ids, anchor: id, range: [] };
}

/** From the anchor to somewhere else: the new range takes the place of the one before. */
export function extend(selection: Selection, anchor: string, range: readonly string[]): Selection {
  const ids = new Set(selection.ids);
  for (const id of selection.range) ids.delete(id);
  for (const id of range) ids.add(id);
  return { on: true, ids, anchor, range };
}

/** What is gone from the list cannot be chosen any more. */
export function without(selection: Selection, gone: readonly string[]): Selection {
  if (!gone.some((id) => selection.ids.has(id))) return selection;
  const ids = new Set(selection.ids);
  for (const id of gone) ids.delete(id);
  return { ...selection, ids, range: [] };
}
