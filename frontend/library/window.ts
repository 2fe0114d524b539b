/** Which rows of a grid are drawn: those in sight, and a screen more on either side. */
export function rows(count: number, height: number, top: number, sight: number) {
  if (height <= 0 || count === 0) return { first: 0, last: 0 };
  const first = Math.max(0, Math.floor((top - sight) / height));
  const last = Math.min(count, Math.ceil((top + 2 * sight) / height));
  return { first: Math.min(first, Math.max(0, count - 1)), last: Math.max(last, Math.min(count, first + 1)) };
}

/** What of the wall is drawn, in rows; `top` is the first row in sight. */
export type View = { first: number; last: number; width: number; top: number };

/** At the least this side, in CSS pixels; two beside each other on a phone. */
const LEAST = 200;
export const columnsFor = (width: number, gap: number) => Math.max(2, Math.floor((width + gap) / (LEAST + gap)));

/** Where an arrow key leads in a grid; `null` for another key. `forward` is the arrow that reads on. */
export function step(key: string, at: number, count: number, columns: number, forward: "ArrowRight" | "ArrowLeft") {
  const by: Record<string, number> = {
    ArrowRight: forward === "ArrowRight" ? 1 : -1,
    ArrowLeft: forward === "ArrowLeft" ? 1 : -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -count,
    End: count,
  };
  const move = by[key];
  return move === undefined ? null : Math.max(0, Math.min(count - 1, at + move));
}
