import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { useShortcuts } from "@/shortcuts/registry";
import { subscribeToAll } from "@/store/generations";
import { type Filters, fits } from "./filters";
import { indexOf } from "./list";
import { begun, extend, nothing, type Selection, toggle, without } from "./selection";
import type { Wall } from "./wall";

/** How far gathering all that match has come. */
export type Gathering = { loaded: number; stop: () => void };

/** What is chosen on the wall, by mouse, finger or keys. */
export function useSelection(wall: Wall, filters: Filters, words: RefObject<HTMLInputElement | null>) {
  const [selection, become] = useState<Selection>(nothing);
  const now = useRef(selection);
  now.current = selection;
  const gathering = useRef<AbortController | null>(null);

  // Another list is another choice.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change that counts
  useEffect(() => {
    gathering.current?.abort();
    become(nothing);
  }, [wall]);
  // Thrown away or taken out elsewhere, it is no longer there to be chosen.
  useEffect(
    () =>
      subscribeToAll((changes) => {
        const gone = changes.filter(({ is }) => !fits(is, filters)).map(({ is }) => is.id);
        become((was) => without(was, gone));
      }),
    [filters],
  );

  const choose = useMemo(() => {
    const gather = async (first: number, last: number, tell: (loaded: number) => void) => {
      gathering.current?.abort();
      const mine = new AbortController();
      gathering.current = mine;
      const ids = await wall.ids(first, last, mine.signal, tell);
      return mine.signal.aborted ? null : ids;
    };
    return {
      begin: () => become((was) => (was.on ? nothing : begun)),
      end: () => {
        gathering.current?.abort();
        become(nothing);
      },
      toggle: (id: string) => become((was) => toggle(was, id)),
      extend: async (to: number, from: number) => {
        const { sections } = wall.now();
        const known = now.current.anchor ? indexOf(sections, now.current.anchor) : -1;
        const start = known >= 0 ? known : from;
        const range = await gather(Math.min(start, to), Math.max(start, to) + 1, () => {}).catch(() => null);
        const anchor = range?.[start <= to ? 0 : range.length - 1];
        if (range && anchor) become((was) => extend(was, anchor, range));
      },
      /** All that the list has, loaded or not. `null` when it was stopped. */
      all: async (tell: (loaded: number) => void, signal?: AbortSignal) => {
        const stop = () => gathering.current?.abort();
        signal?.addEventListener("abort", stop);
        const ids = await gather(0, Number.POSITIVE_INFINITY, tell);
        signal?.removeEventListener("abort", stop);
        if (ids) become({ ...begun, ids: new Set(ids) });
      },
    };
  }, [wall]);

  useShortcuts("library.title", [
    { keys: ["/"], label: "keys.search", run: () => words.current?.focus() },
    { keys: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"], label: "keys.move" },
    { keys: ["Home", "End"], label: "keys.ends" },
    { keys: ["Enter"], label: "keys.enter" },
    { keys: ["Space"], label: "keys.choose" },
    { keys: ["Shift+Arrow"], label: "keys.range" },
  ]);
  useShortcuts("library.select", [
    { keys: ["s"], label: "keys.select", run: choose.begin },
    // The bar that appears gathers them, and says how far it is.
    { keys: ["Mod+a"], label: "keys.all", run: () => become((was) => ({ ...was, on: true, wantsAll: true })) },
    ...(selection.on ? [{ keys: ["Escape"], label: "keys.end" as const, run: choose.end }] : []),
  ]);
  return { selection, become, choose };
}
