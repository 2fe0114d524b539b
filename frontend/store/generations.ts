import { useSyncExternalStore } from "react";
import type { Generation } from "@/api/client";

/** The jobs that this page knows, newest first. Of two versions the one with the higher revision stays. */
let known: ReadonlyMap<string, Generation> = new Map();
let ordered: readonly Generation[] = [];
const none: readonly Generation[] = [];
const listeners = new Set<() => void>();

/** Links are made anew with each answer; a version is taken again for them. */
const newer = (one: Generation, other: Generation | undefined) => !other || one.revision >= other.revision;

export function put(generations: readonly Generation[]) {
  const taken = generations.filter((it) => newer(it, known.get(it.id)));
  if (taken.length === 0) return;
  const next = new Map(known);
  for (const it of taken) next.set(it.id, it);
  known = next;
  // Ids are ULIDs: their order is that of time.
  ordered = [...next.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  for (const listener of listeners) listener();
}

export function forgetAll() {
  known = new Map();
  ordered = none;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};
export const useGenerations = () =>
  useSyncExternalStore(
    subscribe,
    () => ordered,
    () => none,
  );
export const useGeneration = (id: string | null) =>
  useSyncExternalStore(
    subscribe,
    () => (id ? known.get(id) : undefined),
    () => undefined,
  );
export const peek = () => ordered;
export const subscribeToAll = subscribe;
