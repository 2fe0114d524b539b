import { expect, it } from "vitest";
import { patience } from "./reach";

it("asks less and less often, and when the service says, up to five minutes", () => {
  expect([0, 1, 2, 3, 4, 9].map((n) => patience(n, null))).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  expect(patience(0, 30)).toBe(30_000);
  expect(patience(0, 3600)).toBe(300_000);
});
