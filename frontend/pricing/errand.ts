/** Why somebody left for the payment service. It is kept in the tab, for the moment in which they come back. */
export type Errand =
  | { what: "plan"; plan: string }
  /** `line`: the newest line of the statement before; what was bought comes after it. */
  | { what: "pack"; pack: string; line: number }
  | { what: "portal"; back: string };

const KEPT = "errand";
/** One that was come back from: it leads nowhere any more, and the page that tells of it can be loaded anew. */
const TOLD = "errand:told";
export const keepErrand = (store: Pick<Storage, "setItem">, errand: Errand) =>
  store.setItem(KEPT, JSON.stringify(errand));

function parsed(text: string | null): Errand | null {
  try {
    const kept = JSON.parse(text ?? "null");
    if (kept?.what === "plan" && typeof kept.plan === "string") return { what: "plan", plan: kept.plan };
    if (kept?.what === "pack" && typeof kept.pack === "string" && Number.isInteger(kept.line))
      return { what: "pack", pack: kept.pack, line: kept.line };
    // Within the page, whatever is kept there.
    if (kept?.what === "portal" && /^\/[a-z]+\/$/.test(kept.back)) return { what: "portal", back: kept.back };
  } catch {
    // Of no shape that is known: as if it were not there.
  }
  return null;
}

/** Why somebody left, for the page that they come back to; `null` when nobody left. */
export function takeErrand(store: Pick<Storage, "getItem" | "setItem" | "removeItem">): Errand | null {
  const kept = store.getItem(KEPT);
  if (kept !== null) store.setItem(TOLD, kept);
  store.removeItem(KEPT);
  return parsed(store.getItem(TOLD));
}
export function forgetErrand(store: Pick<Storage, "removeItem">) {
  store.removeItem(KEPT);
  store.removeItem(TOLD);
}

/** Where the first page sends somebody on who comes back; `null` for whoever just visits. */
export function wayBack(store: Pick<Storage, "getItem">, search: string): string | null {
  const paid = new URLSearchParams(search).has("session_id");
  const errand = parsed(store.getItem(KEPT));
  if (errand?.what === "portal" && !paid) return `${errand.back}?returned=1`;
  return paid || errand ? "/billing/return/" : null;
}
