import { expect, it } from "vitest";
import { estimate, stepOf } from "./progress";

it("names the step for each state on the way, and none for what ended badly", () => {
  const states = ["queued", "starting", "running", "finishing", "succeeded", "failed", "blocked"];
  expect(states.map((status) => stepOf({ status }))).toEqual([
    "queued",
    "queued",
    "drawing",
    "checking",
    "done",
    undefined,
    undefined,
  ]);
});

it("counts from what was left, which may be more than the usual time", () => {
  expect(estimate(3, 5)).toEqual({ before: 2, whole: 5 });
  expect(estimate(9, 5)).toEqual({ before: 0, whole: 9 });
});
