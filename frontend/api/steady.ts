/** How long to wait before try number `n` (from 1), in ms; `chance` is 0 to 1. */
export const backOff = (n: number, chance: number) => Math.min(8000, 300 * 2 ** (n - 1)) * (0.5 + chance / 2);

const TRIES = 4;
const PASSING = new Set([502, 503, 504]);
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** A call that changes something is repeated only when the API knows it again by its key. */
const repeatable = (request: Request) =>
  request.method === "GET" || request.method === "DELETE" || request.headers.has("Idempotency-Key");

/** `fetch` that tries again what may be repeated, with the same key, and renews a token once. */
export function steady(
  token: (fresh: boolean) => Promise<string | null>,
  once: (request: Request) => Promise<Response> = fetch,
  wait: (ms: number) => Promise<void> = pause,
) {
  return async (request: Request): Promise<Response> => {
    let fresh = false;
    for (let n = 1; ; n++) {
      const copy = request.clone();
      const bearer = await token(fresh);
      if (bearer) copy.headers.set("Authorization", `Bearer ${bearer}`);
      const last = n >= TRIES || !repeatable(request);
      try {
        const answer = await once(copy);
        if (answer.status === 401 && bearer && !fresh) {
          fresh = true;
          continue;
        }
        if (last || !PASSING.has(answer.status)) return answer;
        const asked = Number(answer.headers.get("Retry-After")) * 1000;
        if (asked > 8000) return answer;
        await wait(Math.max(asked, backOff(n, Math.random())));
      } catch (error) {
        if (last || request.signal.aborted) throw error;
        await wait(backOff(n, Math.random()));
      }
    }
  };
}
