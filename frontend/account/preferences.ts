/** What somebody prefers in this browser: the API keeps no settings. */
export type Preferences = {
  /** What a new order begins with; empty is left to the page. */
  model: string;
  aspect_ratio: string;
  count: number;
  embed_prompt: boolean;
  /** Whether a finished picture may be told outside of the page. */
  notify: boolean;
};

const KEPT = "preferences";
export const usual: Preferences = { model: "", aspect_ratio: "", count: 1, embed_prompt: true, notify: false };

export function readPreferences(store: Pick<Storage, "getItem">): Preferences {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEPT) ?? "{}");
    if (typeof kept !== "object" || !kept) return usual;
    const entries = Object.entries(kept).filter(
      ([name, value]) =>
        name in usual &&
        typeof value === typeof usual[name as keyof Preferences] &&
        (name !== "count" || (Number.isInteger(value) && value >= 1 && value <= 4)),
    );
    return { ...usual, ...Object.fromEntries(entries) };
  } catch {
    return usual;
  }
}

export const keepPreferences = (store: Pick<Storage, "setItem">, it: Preferences) =>
  store.setItem(KEPT, JSON.stringify(it));

type Beginning = { model: string; aspect_ratio: string; count: number; embed_prompt: boolean };
/** What a new order begins with, out of `blank` and what is preferred. */
export function beginning<T extends Beginning>(blank: T, store: Pick<Storage, "getItem">): T {
  const { model, aspect_ratio, count, embed_prompt } = readPreferences(store);
  return {
    ...blank,
    ...(model ? { model } : {}),
    ...(aspect_ratio ? { aspect_ratio } : {}),
    count,
    embed_prompt,
  };
}
