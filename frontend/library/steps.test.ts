import { expect, it } from "vitest";
import { extend, nothing, toggle, without } from "./selection";
import { cut, inSteps } from "./steps";

const ids = Array.from({ length: 250 }, (_, n) => `gen_${n}`);
const fine = async (some: string[]) => some.map((id) => ({ id, done: true }));

it("goes a hundred at a time and tells how far it is", async () => {
  const told: number[] = [];
  const { done, left } = await inSteps(ids, fine, (n) => told.push(n), new AbortController().signal);
  expect(told).toEqual([100, 200, 250]);
  expect([done.length, left.length]).toEqual([250, 0]);
});

it("what one refuses does not hold up the others", async () => {
  const step = async (some: string[]) =>
    some.map((id) => ({ id, done: id !== "gen_7", code: id === "gen_7" ? "still-open" : null }));
  const { left, codes } = await inSteps(ids, step, () => {}, new AbortController().signal);
  expect(left).toEqual(["gen_7"]);
  expect([...codes]).toEqual(["still-open"]);
});

it("a step that fails and a stop leave the rest as it is, to be tried again", async () => {
  let n = 0;
  const failing = (some: string[]) => (++n === 2 ? Promise.reject(new Error("down")) : fine(some));
  const failed = await inSteps(ids, failing, () => {}, new AbortController().signal);
  expect([failed.done.length, failed.left.length, String(failed.error)]).toEqual([100, 150, "Error: down"]);
  const end = new AbortController();
  const stopped = await inSteps(ids, fine, () => end.abort(), end.signal);
  expect([stopped.done.length, stopped.left.length, stopped.error]).toEqual([100, 150, null]);
  expect(cut([1, 2, 3], 2)).toEqual([[1, 2], [3]]);
});

it("a range takes the place of the one before, and what is gone is not chosen", () => {
  const one = toggle(nothing, "c");
  const to = extend(one, "c", ["c", "d", "e"]);
  const shorter = extend(to, "c", ["c", "d"]);
  expect([...shorter.ids]).toEqual(["c", "d"]);
  expect([...without(shorter, ["d", "x"]).ids]).toEqual(["c"]);
  expect(without(shorter, ["x"])).toBe(shorter);
  expect(toggle(toggle(nothing, "a"), "a")).toMatchObject({ on: true, ids: new Set(), anchor: "a" });
});
