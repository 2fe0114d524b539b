import type { Generation } from "@/api/client";
import { type Start, startOf } from "@/store/sources";

/** One picture that can be laid beside another: what a job began with, or what it made. */
export type Side = { id: string; start: Start; input: boolean; number: number };

export function sidesOf(job: Pick<Generation, "id" | "inputs" | "images">): Side[] {
  const inputs = job.inputs.flatMap((it, place): Side[] => {
    const start = startOf(it);
    return start ? [{ id: `input-${place}`, start, input: true, number: place + 1 }] : [];
  });
  const results = job.images
    .filter((it) => it.status === "delivered")
    .map(
      (it): Side => ({
        id: `result-${it.index}`,
        start: { generation_id: job.id, index: it.index },
        input: false,
        number: it.index + 1,
      }),
    );
  return [...inputs, ...results];
}

/** What is shown first for picture `index`: it beside what it began with, or beside another of its job. */
export function first(sides: readonly Side[], index: number): { before: Side; after: Side } | null {
  const after = sides.find((it) => it.id === `result-${index}`) ?? sides.find((it) => !it.input);
  const before = sides.find((it) => it.input) ?? sides.find((it) => it !== after);
  return after && before ? { before, after } : null;
}
