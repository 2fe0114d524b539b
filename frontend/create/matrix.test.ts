import { expect, it } from "vitest";
import { combinations, MOST_ORDERS } from "./matrix";

it("makes one prompt for each combination", () => {
  expect(combinations("{red|blue} fox, {day|night}").prompts).toEqual([
    "red fox, day",
    "red fox, night",
    "blue fox, day",
    "blue fox, night",
  ]);
  expect(combinations("a {|very } old oak").prompts).toEqual(["a old oak", "a very old oak"]);
});

it("leaves alone what is no choice, and what is not closed", () => {
  for (const prompt of ["a fox", "{fox}", "{red|blue fox", "a | b", "  two  spaces "])
    expect(combinations(prompt)).toEqual({ total: 1, prompts: [prompt] });
});

it("orders the same only once", () => {
  expect(combinations("{red|red|blue} fox").prompts).toEqual(["red fox", "blue fox"]);
});

it("makes none of too many, and says how many they would be", () => {
  const many = "{1|2|3|4|5|6|7|8|9|10}".repeat(9);
  expect(combinations(many)).toEqual({ total: 1e9, prompts: [] });
  expect(MOST_ORDERS).toBeLessThan(100);
});
