import { useSyncExternalStore } from "react";
import type { Generation } from "@/api/client";
import { peek } from "@/store/generations";

/** Orders that are on their way to the service: their tiles are there before its answer is. */
export type Pending = { key: string; prompt: string; width: number; height: number; count: number };
let pending: readonly (Pending & { known: ReadonlySet<string> })[] = [];
const none: typeof pending = [];
const listeners = new Set<() => void>();
const become = (next: typeof pending) => {
  pending = next;
  for (const listener of listeners) listener();
};

export const begin = (it: Pending) =>
  become([{ ...it, known: new Set(peek().map((job) => job.id)) }, ...pending.filter((other) => other.key !== it.key)]);
export const end = (key: string) => become(pending.filter((it) => it.key !== key));

/** Those whose job is not here yet: a live update may come before the answer. */
export function usePending(jobs: readonly Generation[]): readonly Pending[] {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => pending,
    () => none,
  );
  return now.filter((it) => !jobs.some((job) => job.prompt === it.prompt && !it.known.has(job.id)));
}
