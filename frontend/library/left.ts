import { useEffect } from "react";

/** How far down each list was left, and whether the browser's back button leads there again. */
const left = new Map<string, number>();
let back: string | null = null;
let there = false;

/** The list alone: what is opened of it lies over it. */
function here(): string {
  const search = new URLSearchParams(location.search);
  search.delete("open");
  return `${location.pathname}?${search}`;
}

if (typeof window !== "undefined")
  window.addEventListener("popstate", () => {
    back = there ? null : here();
  });

/** Where to go on: at the top, unless somebody came back. */
export function found(): number {
  return back === here() ? (left.get(here()) ?? 0) : 0;
}

/** Keeps how far down it is. */
export function useLeaving() {
  useEffect(() => {
    const keep = () => left.set(here(), window.scrollY);
    there = true;
    window.addEventListener("scroll", keep, { passive: true });
    return () => {
      there = false;
      back = null;
      window.removeEventListener("scroll", keep);
    };
  }, []);
}
