import { expect, it } from "vitest";
import { none, query, readFilters } from "./filters";
import { rows, step } from "./window";

it("draws a few rows of ten thousand", () => {
  const { first, last } = rows(2500, 240, 300_000, 900);
  expect(last - first).toBeLessThan(14);
  expect(first * 240).toBeLessThanOrEqual(300_000);
  expect(last * 240).toBeGreaterThanOrEqual(300_900);
  expect(rows(0, 240, 0, 900)).toEqual({ first: 0, last: 0 });
  expect(rows(3, 240, 0, 900)).toEqual({ first: 0, last: 3 });
});

it("moves through the grid by keys, as it is read", () => {
  expect(step("ArrowRight", 0, 10, 4, "ArrowRight")).toBe(1);
  expect(step("ArrowRight", 1, 10, 4, "ArrowLeft")).toBe(0);
  expect(step("ArrowDown", 8, 10, 4, "ArrowRight")).toBe(9);
  expect(step("Home", 8, 10, 4, "ArrowRight")).toBe(0);
  expect(step("a", 8, 10, 4, "ArrowRight")).toBeNull();
});

it("the address holds the filters", () => {
  const filters = { ...none, q: "red fox", favourite: true };
  expect(readFilters(new URLSearchParams(query(filters)))).toEqual(filters);
});
