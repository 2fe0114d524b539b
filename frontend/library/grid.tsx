"use client";
import {
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useI18n } from "@/i18n/i18n";
import { idAt, indexOf } from "./list";
import { spotOf, useLongPress } from "./press";
import type { Selection } from "./selection";
import { Thumb } from "./thumb";
import type { Shown } from "./wall";
import { columnsFor, rows, step, type View } from "./window";

const GAP = 6;
/** What the bar at the bottom may cover while pictures are chosen: what has the focus is not under it. */
const BAR = 180;

/** What happens on the wall; the page decides what comes of it. */
export type Deeds = {
  /** These places are in sight or will be; the row from `top` to `end` is the first that really is. */
  look: (first: number, last: number, top: number, end: number) => void;
  open: (id: string) => void;
  toggle: (id: string) => void;
  /** From the anchor to `index`; the anchor is at `from` when there is none yet. */
  extend: (index: number, from: number) => void;
  /** A picture did not come: its link may have ended. */
  stale: (id: string) => void;
};
export type Handle = { goTo: (index: number, focus?: boolean) => void };

/** A wall of squares of which only those near the eye are drawn, so that ten thousand scroll as ten do. */
export function Grid({
  shown,
  selection,
  deeds,
  from,
  ref,
}: {
  /** How far down it was left. */
  from: number;
  shown: Shown;
  selection: Selection;
  deeds: Deeds;
  ref?: Ref<Handle>;
}) {
  const { t, language } = useI18n();
  const wall = useRef<HTMLUListElement>(null);
  const [view, setView] = useState<View>({ first: 0, last: 0, width: 0, top: 0 });
  const [focus, setFocus] = useState<{ index: number; id: string | null }>({ index: 0, id: null });
  const { length, sections } = shown;
  const columns = columnsFor(view.width, GAP);
  const side = Math.max(0, (view.width - GAP * (columns - 1)) / columns);
  const height = Math.ceil(length / columns) * (side + GAP);
  // The focus stays with its picture when others come before it.
  const moved = focus.id !== null && idAt(sections, focus.index) !== focus.id ? indexOf(sections, focus.id) : -1;
  const at = Math.min(moved >= 0 ? moved : focus.index, Math.max(0, length - 1));

  useEffect(() => {
    const look = () => {
      const box = wall.current?.getBoundingClientRect();
      if (!box || box.width === 0) return;
      const across = columnsFor(box.width, GAP);
      const row = (box.width - GAP * (across - 1)) / across + GAP;
      const top = Math.max(0, -box.top);
      const { first, last } = rows(Math.ceil(length / across), row, top, window.innerHeight);
      const next = { first, last, width: box.width, top: Math.round(top / row) };
      // The same rows again are no reason to draw.
      setView((was) =>
        was.first === first && was.last === last && was.width === box.width && was.top === next.top ? was : next,
      );
    };
    look();
    const watch = new ResizeObserver(look);
    if (wall.current) watch.observe(wall.current);
    window.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      window.removeEventListener("scroll", look);
    };
  }, [length]);
  const { look } = deeds;
  useEffect(() => {
    if (view.width > 0) look(view.first * columns, view.last * columns, view.top * columns, (view.top + 1) * columns);
  }, [view, columns, look]);

  const scrollTo = (index: number, always: boolean) => {
    const base = (wall.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    const top = base + Math.floor(index / columns) * (side + GAP);
    const hidden = top < window.scrollY || top + side > window.scrollY + window.innerHeight - (selection.on ? BAR : 0);
    if (always || hidden) window.scrollTo({ top: top - (always ? 8 : 80), behavior: "instant" });
  };
  const focusOn = (index: number, tries = 30) => {
    const button = wall.current?.querySelector<HTMLElement>(`[data-at="${index}"]`);
    if (button) button.focus();
    // It may have to be drawn, or even loaded, first.
    else if (tries > 0) requestAnimationFrame(() => focusOn(index, tries - 1));
  };
  const go = (to: number, withFocus: boolean) => {
    setFocus({ index: to, id: idAt(sections, to) });
    scrollTo(to, !withFocus);
    if (withFocus) focusOn(to);
  };
  useImperativeHandle(ref, () => ({ goTo: (index, withFocus = false) => go(index, withFocus) }));

  const wide = view.width > 0;
  useLayoutEffect(() => {
    if (wide && from > 0) window.scrollTo({ top: from, behavior: "instant" });
  }, [wide, from]);

  const press = useLongPress(({ id }) => deeds.toggle(id));
  const click = (event: MouseEvent) => {
    const spot = spotOf(event);
    if (!spot) return;
    const from = at;
    setFocus(spot);
    if (event.shiftKey) deeds.extend(spot.index, from);
    else if (event.ctrlKey || event.metaKey || selection.on) deeds.toggle(spot.id);
    else deeds.open(spot.id);
  };
  const key = (event: KeyboardEvent) => {
    const spot = spotOf(event);
    if (!spot || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      event.preventDefault();
      if (event.shiftKey) deeds.extend(spot.index, spot.index);
      else deeds.toggle(spot.id);
      return;
    }
    const to = step(event.key, spot.index, length, columns, language === "ar" ? "ArrowLeft" : "ArrowRight");
    if (to === null) return;
    event.preventDefault();
    go(to, true);
    if (event.shiftKey) deeds.extend(to, spot.index);
  };

  const places: number[] = [];
  for (let n = view.first * columns; n < Math.min(length, view.last * columns); n++) places.push(n);
  return (
    <ul
      ref={wall}
      aria-label={t("library.grid")}
      className="relative"
      style={{ height }}
      {...press}
      onClick={click}
      onKeyDown={key}
      // Where Space is let go, a button would be pressed.
      onKeyUp={(event) => event.key === " " && spotOf(event) && event.preventDefault()}
      onFocus={(event) => {
        const spot = spotOf(event);
        if (spot) setFocus(spot);
      }}
      onErrorCapture={(event) => {
        const spot = spotOf(event);
        if (spot) deeds.stale(spot.id);
      }}
    >
      {places.map((index) => {
        const id = idAt(sections, index);
        return (
          <Thumb
            key={id ?? index}
            id={id}
            index={index}
            length={length}
            side={side}
            top={Math.floor(index / columns) * (side + GAP)}
            start={(index % columns) * (side + GAP)}
            focusable={index === at}
            selecting={selection.on}
            chosen={id !== null && selection.ids.has(id)}
          />
        );
      })}
    </ul>
  );
}
