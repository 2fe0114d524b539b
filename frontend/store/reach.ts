import { useEffect, useSyncExternalStore } from "react";
import { settings } from "@/session/settings";

/** Whether the service is there. `next` is when it is asked again. */
export type Reach = { up: true } | { up: false; next: number };
let now: Reach = { up: true };
const before: Reach = now;
const listeners = new Set<() => void>();
const become = (next: Reach) => {
  const came = next.up && !now.up;
  now = next;
  for (const listener of listeners) listener();
  if (came) for (const it of returned) it();
};

const returned = new Set<() => void>();
/** Runs `again` when the service is there after it was not. */
export function useReturn(again: () => void) {
  useEffect(() => {
    returned.add(again);
    return () => {
      returned.delete(again);
    };
  }, [again]);
}

const FIRST_MS = 5000;
const MOST_MS = 60_000;
let tries = 0;
let clock: ReturnType<typeof setTimeout> | undefined;
let asking: Promise<void> | undefined;

/** When to ask again after `n` failures, in ms, where the service named no time itself. */
export const patience = (n: number, asked: number | null) =>
  Math.min(MOST_MS * 5, asked ? asked * 1000 : Math.min(MOST_MS, FIRST_MS * 2 ** n));

/** Asks the service itself how it is: one address may fail while everything else goes on. */
export function probe(): Promise<void> {
  asking ??= look().finally(() => {
    asking = undefined;
  });
  return asking;
}

async function look() {
  clearTimeout(clock);
  let after: number | null = null;
  try {
    const { api } = await settings();
    const answer = await fetch(`${api}/api/health`, { cache: "no-store" });
    if (answer.ok) {
      tries = 0;
      if (!now.up) become({ up: true });
      return;
    }
    after = Number(answer.headers.get("Retry-After")) || null;
  } catch {
    // Neither the settings nor the service: the same for whoever waits.
  }
  const wait = patience(tries, after);
  tries += 1;
  clock = setTimeout(probe, wait);
  become({ up: false, next: Date.now() + wait });
}

/** A call ended, after all its tries: by `status`, or 0 when nothing came. */
export function heard(status: number) {
  // What has no network at all is another matter, and told elsewhere.
  if (typeof window === "undefined" || !navigator.onLine) return;
  if (status === 0 || status === 502 || status === 503 || status === 504) probe();
  else if (!now.up) probe();
}

export const useReach = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => now,
    () => before,
  );
