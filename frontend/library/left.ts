/** How far down each address of the library was left, and whether the browser's back button leads there again. */
const left = new Map<string, number>();
let back: string | null = null;
const here = () => location.pathname + location.search;

if (typeof window !== "undefined")
  window.addEventListener("popstate", () => {
    back = here();
  });

export const leave = () => left.set(here(), window.scrollY);

/** Where to go on: at the top, unless somebody came back. */
export function found(): number {
  const top = back === here() ? (left.get(here()) ?? 0) : 0;
  back = null;
  return top;
}
