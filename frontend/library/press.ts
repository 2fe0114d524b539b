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

/** A finger that rests on a picture chooses it; the click that follows is none. */
export function useLongPress(chosen: (spot: { index: number; id: string }) => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const taken = useRef(false);
  const end = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  return {
    onPointerDown(event: PointerEvent) {
      taken.current = false;
      end();
      const spot = spotOf(event);
      if (event.pointerType === "mouse" || !spot) return;
      const timer = setTimeout(() => {
        taken.current = true;
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
      if (press.current || taken.current) event.preventDefault();
    },
    onClickCapture(event: MouseEvent) {
      if (!taken.current) return;
      taken.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
