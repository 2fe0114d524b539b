import { useEffect, useState } from "react";

/** Whole seconds until `at` (ms of the clock), down to 0; 0 for `null`. */
export function useCountdown(at: number | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const tick = () => setLeft(at === null ? 0 : Math.max(0, Math.ceil((at - Date.now()) / 1000)));
    tick();
    if (at === null) return;
    const clock = setInterval(() => {
      tick();
      if (Date.now() >= at) clearInterval(clock);
    }, 250);
    return () => clearInterval(clock);
  }, [at]);
  return left;
}
