import { api, ask, FINAL, type Generation } from "@/api/client";
import { peek, subscribeToAll } from "./generations";
import { waitingIs } from "./waiting";

/** Nobody is asked about an order that is as quick as most. */
const LATE_MS = 10_000;
const EVERY_MS = 20_000;
const drawn = new Set(["queued", "starting", "running"]);
export const late = (jobs: readonly Generation[], at: number) =>
  jobs.filter((it) => drawn.has(it.status) && at - Date.parse(it.created_at) > LATE_MS);

/** Asks how the providers are while something waits too long; until the signal. */
export function watchProviders(signal: AbortSignal) {
  let asked = 0;
  const look = async () => {
    const waiting = late(peek(), Date.now()).length;
    if (waiting === 0) return waitingIs(null);
    if (Date.now() - asked < EVERY_MS) return;
    asked = Date.now();
    try {
      const health = await ask(api.GET("/api/health"));
      if (signal.aborted) return;
      const names = health.providers.filter((it) => it.status !== "ok").map((it) => it.name);
      waitingIs(names.length > 0 ? { names, waiting } : null);
    } catch {
      // The service as a whole is another matter, and told as such.
    }
  };
  const end = subscribeToAll(() => {
    if (peek().every((it) => FINAL.has(it.status))) waitingIs(null);
  });
  const clock = setInterval(look, 5000);
  signal.addEventListener("abort", () => {
    clearInterval(clock);
    end();
    waitingIs(null);
  });
}
