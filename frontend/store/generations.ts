import { useSyncExternalStore } from "react";
import type { Generation } from "@/api/client";
import { merge } from "./merge";

/** What became of one job: `was` is absent when it was not known before. */
export type Change = { was: Generation | undefined; is: Generation };
type Listener = (changes: readonly Change[]) => void;

/**
 * The jobs that this page knows, newest first. Of two versions the one with the higher revision stays. There may be ten
 * thousand, and each event changes one: nothing here looks at them all for that.
 */
const known = new Map<string, Generation>();
let ordered: readonly Generation[] = [];
const none: readonly Generation[] = [];
const listeners = new Set<Listener>();

/** Links are made anew with each answer; a version is taken again for them. */
const newer = (one: Generation, other: Generation | undefined) => !other || one.revision >= other.revision;

export function put(generations: readonly Generation[]) {
  const changes = new Map<string, Change>();
  for (const is of generations) {
    const was = known.get(is.id);
    if (!newer(is, was)) continue;
    known.set(is.id, is);
    changes.set(is.id, { was: changes.has(is.id) ? changes.get(is.id)?.was : was, is });
  }
  if (changes.size === 0) return;
  ordered = merge(
    ordered,
    [...changes.values()].map((it) => it.is),
  );
  const told = [...changes.values()];
  for (const listener of listeners) listener(told);
}

export function forgetAll() {
  known.clear();
  ordered = none;
  for (const listener of listeners) listener([]);
}

/** `listener` hears what changed; of nothing, when everything is forgotten. */
export const subscribeToAll = (listener: Listener) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};
export const useGenerations = () =>
  useSyncExternalStore(
    subscribeToAll,
    () => ordered,
    () => none,
  );
export const useGeneration = (id: string | null) =>
  useSyncExternalStore(
    subscribeToAll,
    () => (id ? known.get(id) : undefined),
    () => undefined,
  );
export const peek = () => ordered;
export const knownJob = (id: string) => known.get(id);
