/** Where the line between two pictures is, in hundredths from where reading begins. */
export const MIDDLE = 50;
const clamp = (share: number) => Math.min(100, Math.max(0, share));

/** For a pointer at `x` over a box. */
export function under(x: number, box: { left: number; right: number }, rtl: boolean): number {
  const width = box.right - box.left;
  if (width <= 0) return MIDDLE;
  return clamp(Math.round(((rtl ? box.right - x : x - box.left) / width) * 100));
}

/** After a key; `null` for keys that do not move it. The line goes where the arrow points, in every script. */
export function moved(key: string, at: number, rtl: boolean): number | null {
  const right = rtl ? -1 : 1;
  switch (key) {
    case "ArrowRight":
      return clamp(at + 2 * right);
    case "ArrowLeft":
      return clamp(at - 2 * right);
    case "ArrowUp":
      return clamp(at + 2);
    case "ArrowDown":
      return clamp(at - 2);
    case "PageUp":
      return clamp(at + 10);
    case "PageDown":
      return clamp(at - 10);
    case "Home":
      return 0;
    case "End":
      return 100;
    default:
      return null;
  }
}
