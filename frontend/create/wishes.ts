import { type NewGeneration, newKey } from "@/api/client";
import { Problem } from "@/api/problem";

/** One wish, one key: sent again after a lost answer, it is the same order. */
export type Wish = { body: NewGeneration; key: ReturnType<typeof newKey>; done: boolean };

const goOn = (bodies: NewGeneration[], before: Wish[]) =>
  before.some((it) => !it.done) && JSON.stringify(bodies) === JSON.stringify(before.map((it) => it.body));

/** What of `bodies` is still to be ordered. */
export const leftOf = (bodies: NewGeneration[], before: Wish[]): NewGeneration[] =>
  goOn(bodies, before) ? before.filter((it) => !it.done).map((it) => it.body) : bodies;

/** The wishes for `bodies`: those of before where they are the same and some are left, so that they go on. */
export function wishesFor(bodies: NewGeneration[], before: Wish[], fresh = newKey): Wish[] {
  if (goOn(bodies, before)) return before;
  return bodies.map((body) => ({ body, key: fresh(), done: false }));
}

/** Sends one after the other what is not done, and stops at the first that is not taken. */
export async function sendAll(
  wishes: Wish[],
  send: (wish: Wish) => Promise<void>,
  fresh = newKey,
): Promise<{ made: number; left: number; error: unknown }> {
  let made = 0;
  for (const wish of wishes) {
    if (wish.done) continue;
    try {
      await send(wish);
      wish.done = true;
      made++;
    } catch (error) {
      // Understood and refused: sent again, it is another order.
      if (error instanceof Problem && error.status >= 400 && error.status < 500) wish.key = fresh();
      return { made, left: wishes.filter((it) => !it.done).length, error };
    }
  }
  return { made, left: 0, error: null };
}
