import { expect, it } from "vitest";
import { before, stepOf } from "./progress";

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

it("counts from what was left of the usual time", () => {
  expect([before({ eta_seconds: 3 }, 5), before({ eta_seconds: 9 }, 5)]).toEqual([2, 0]);
});
