import { useEffect } from "react";

/** Whether `error` is a script that a deployment took away: this page is of the version before. */
export const isStale = (error: unknown) =>
  error instanceof Error &&
  (error.name === "ChunkLoadError" ||
    /(failed to load|loading) chunk|dynamically imported module|importing a module script failed/i.test(error.message));

const KEPT = "reloaded";
const APART_MS = 60_000;
/** Whether to load the page anew: not when that was just done and did not help. */
export function mayReload(store: Pick<Storage, "getItem" | "setItem">, now: number): boolean {
  const last = Number(store.getItem(KEPT) ?? 0);
  if (now - last < APART_MS) return false;
  store.setItem(KEPT, String(now));
  return true;
}

/** What is being written is in the tab's storage, so it is there again afterwards. */
export function reloadOnce(): boolean {
  // Without a network the new version cannot be had either.
  if (!navigator.onLine || !mayReload(sessionStorage, Date.now())) return false;
  location.reload();
  return true;
}

/** Loads the page anew when a part of it that nobody waits for turns out to be gone. */
export function useStale() {
  useEffect(() => {
    const failed = (event: PromiseRejectionEvent) => {
      if (isStale(event.reason)) reloadOnce();
    };
    window.addEventListener("unhandledrejection", failed);
    return () => window.removeEventListener("unhandledrejection", failed);
  }, []);
}
