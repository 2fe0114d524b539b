/** Prompts that were ordered, newest first, each once. */
export type Entry = { prompt: string; at: number };
const MOST = 60;
const place = (person: string) => `history:${person}`;

export function ordered(entries: readonly Entry[]): string[] {
  const sorted = [...entries].sort((a, b) => b.at - a.at).map((it) => it.prompt.trim());
  return [...new Set(sorted)].filter((it) => it !== "").slice(0, MOST);
}

const isEntry = (it: unknown): it is Entry =>
  typeof it === "object" && it !== null && "prompt" in it && "at" in it && typeof it.prompt === "string";

export function recall(store: Pick<Storage, "getItem">, person: string): Entry[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(place(person)) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isEntry) : [];
  } catch {
    return [];
  }
}

/** Kept for each person apart, and forgotten when they sign out. */
export function remember(store: Pick<Storage, "getItem" | "setItem">, person: string, entry: Entry) {
  const others = recall(store, person).filter((it) => it.prompt !== entry.prompt);
  try {
    store.setItem(place(person), JSON.stringify([entry, ...others].slice(0, MOST)));
  } catch {
    // A browser that keeps nothing has the jobs themselves.
  }
}

/**
 * A walk through them, as shells do it: place -1 is what is being written. What was changed at a place is there again
 * when one comes back to it, and the list stays as it was when the walk began.
 */
export type Walk = { list: readonly string[]; at: number; texts: ReadonlyMap<number, string> };
export const begun = (list: readonly string[]): Walk => ({ list, at: -1, texts: new Map() });

/** One step to the older (1) or the newer (-1); `null` where there is none. */
export function step(walk: Walk, by: 1 | -1, written: string): { walk: Walk; text: string } | null {
  const at = walk.at + by;
  if (at < -1 || at >= walk.list.length) return null;
  const texts = new Map(walk.texts).set(walk.at, written);
  return { walk: { ...walk, at, texts }, text: texts.get(at) ?? walk.list[at] ?? "" };
}
