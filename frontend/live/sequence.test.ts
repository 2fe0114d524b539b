import { expect, it } from "vitest";
import type { Generation, LiveEvent } from "@/api/client";
import { sequence } from "./sequence";

const event = (seq: number) => ({ seq, kind: "generation.updated", generation: { id: `gen_${seq}` } }) as LiveEvent;

function world(gap = false) {
  const log: LiveEvent[] = [event(1), event(2)];
  const shown: string[] = [];
  let reloads = 0;
  const live = sequence({
    after: async (seq) => {
      const items = log.filter((it) => it.seq > seq).slice(0, 2);
      const last_seq = log.at(-1)?.seq ?? 0;
      return { items, last_seq, more: (items.at(-1)?.seq ?? last_seq) < last_seq, gap: gap && seq > 0 };
    },
    show: (generations: Generation[]) => shown.push(...generations.map((it) => it.id)),
    reload: async () => {
      reloads++;
    },
  });
  return { log, shown, live, reloads: () => reloads };
}

it("shows each event once, in order, though one came twice and three never came", async () => {
  const { log, shown, live } = world();
  await live.catchUp();
  log.push(event(3), event(4), event(5), event(6), event(7));
  await live.take(event(3));
  await live.take(event(3));
  await live.take(event(7));
  expect(shown).toEqual(["gen_3", "gen_4", "gen_5", "gen_6", "gen_7"]);
});

it("begins with the list, and loads it anew after a gap", async () => {
  const { log, live, reloads } = world(true);
  await live.catchUp();
  log.push(event(3), event(4));
  await live.take(event(4));
  expect(reloads()).toBe(2);
});
