import { useSyncExternalStore } from "react";

/** Who draws and does not answer, while orders wait for it longer than they should; `providers.ts` finds out. */
export type Waiting = { names: readonly string[]; waiting: number };
const fine: Waiting = { names: [], waiting: 0 };
let now = fine;
const listeners = new Set<() => void>();

export function waitingIs(next: Waiting | null) {
  if (next === null && now === fine) return;
  now = next ?? fine;
  for (const listener of listeners) listener();
}

export const useWaiting = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => now,
    () => fine,
  );
