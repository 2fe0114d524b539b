import { expect, it } from "vitest";
import { moved, under } from "./position";

it("follows the pointer from where reading begins", () => {
  const box = { left: 100, right: 300 };
  expect([under(150, box, false), under(150, box, true)]).toEqual([25, 75]);
  expect([under(-9, box, false), under(999, box, false), under(5, { left: 0, right: 0 }, false)]).toEqual([0, 100, 50]);
});

it("goes where the arrow points, in either direction of writing", () => {
  expect([moved("ArrowRight", 50, false), moved("ArrowRight", 50, true)]).toEqual([52, 48]);
  expect([moved("Home", 50, false), moved("End", 50, true), moved("PageUp", 95, false)]).toEqual([0, 100, 100]);
  expect(moved("Tab", 50, false)).toBeNull();
});
