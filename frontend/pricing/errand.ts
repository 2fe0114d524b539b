/** Why somebody left for the payment service. It is kept in the tab, for the moment in which they come back. */
export type Errand =
  | { what: "plan"; plan: string }
  /** `line`: the newest line of the statement before; what was bought comes after it. */
  | { what: "pack"; pack: string; line: number }
  | { what: "portal"; back: string };

const KEPT = "errand";
export const keepErrand = (store: Pick<Storage, "setItem">, errand: Errand) =>
  store.setItem(KEPT, JSON.stringify(errand));

/** `null` when nobody left, or it was told already. */
export function readErrand(store: Pick<Storage, "getItem">): Errand | null {
  try {
    const kept = JSON.parse(store.getItem(KEPT) ?? "null");
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
export const forgetErrand = (store: Pick<Storage, "removeItem">) => store.removeItem(KEPT);

/** Where the first page sends somebody on who comes back; `null` for whoever just visits. */
export function wayBack(store: Pick<Storage, "getItem">, search: string): string | null {
  const paid = new URLSearchParams(search).has("session_id");
  const errand = readErrand(store);
  if (errand?.what === "portal" && !paid) return `${errand.back}?returned=1`;
  return paid || errand ? "/billing/return/" : null;
}
