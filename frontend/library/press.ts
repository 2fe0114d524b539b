import { type MouseEvent, type PointerEvent, useRef } from "react";

const LONG_MS = 450;
/** In CSS pixels: a finger that moved further scrolls. */
const STILL = 10;

/** Where in the list, and which job, an event on the wall is about. */
export function spotOf(event: { target: EventTarget }): { index: number; id: string } | null {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-at]") : null;
  const { at, id } = button?.dataset ?? {};
  return at !== undefined && id ? { index: Number(at), id } : null;
}

/** The click that a finger's lifting makes is none, wherever it falls: something may have come under the finger. */
function swallowClick() {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener("click", swallow, { capture: true });
  const end = () => setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 50);
  window.addEventListener("pointerup", end, { once: true });
  window.addEventListener("pointercancel", end, { once: true });
}

/** A finger that rests on a picture chooses it. */
export function useLongPress(chosen: (spot: { index: number; id: string }) => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const finger = useRef(false);
  const end = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  return {
    onPointerDown(event: PointerEvent) {
      finger.current = event.pointerType !== "mouse";
      end();
      const spot = spotOf(event);
      if (!finger.current || !spot) return;
      const timer = setTimeout(() => {
        end();
        swallowClick();
        navigator.vibrate?.(12);
        chosen(spot);
      }, LONG_MS);
      press.current = { timer, x: event.clientX, y: event.clientY };
    },
    onPointerMove(event: PointerEvent) {
      const at = press.current;
      if (at && Math.hypot(event.clientX - at.x, event.clientY - at.y) > STILL) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu(event: MouseEvent) {
      // The browser's menu for a picture would lie over what was chosen.
      if (finger.current) event.preventDefault();
    },
  };
}
