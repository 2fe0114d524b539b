import { expect, it } from "vitest";
import type { Generation } from "@/api/client";
import { first, sidesOf } from "./sides";

const job = (inputs: number, delivered: number) =>
  ({
    id: "gen_1",
    inputs: Array.from({ length: inputs }, (_, it) => ({ upload_id: `upl_${it}` })),
    images: [
      ...Array.from({ length: delivered }, (_, index) => ({ index, status: "delivered" })),
      { index: delivered, status: "failed" },
    ],
  }) as Generation;
const shown = (it: Generation, index: number) => {
  const pair = first(sidesOf(it), index);
  return pair && [pair.before.id, pair.after.id];
};

it("lays a result beside what it began with, else beside another of its job", () => {
  expect(shown(job(2, 2), 1)).toEqual(["input-0", "result-1"]);
  expect(shown(job(0, 3), 0)).toEqual(["result-1", "result-0"]);
  expect(shown(job(0, 3), 2)).toEqual(["result-0", "result-2"]);
});

it("has nothing to compare in one picture alone", () => {
  expect([shown(job(0, 1), 0), shown(job(1, 0), 0)]).toEqual([null, null]);
});
