import { expect, it } from "vitest";
import type { Generation } from "@/api/client";
import { arrive, empty, idAt, indexOf, lay, missing, monthOf, place, spot, total } from "./list";

// Of November 2026 the milliseconds begin so, of October so.
const nov = (n: number) => `gen_01M7${String(n).padStart(6, "0")}0000000000000000`;
const oct = (n: number) => `gen_01M4${String(n).padStart(6, "0")}0000000000000000`;
const job = (id: string) => ({ id }) as Generation;
const months = [
  { month: "2026-11", count: 3 },
  { month: "2026-10", count: 120 },
];
const list = lay([], months);

it("tells the month of an id", () => {
  expect(monthOf("gen_01M82NWPB05FC9RWP1HJEN5G02")).toBe("2026-11");
  expect([nov(1), oct(1)].map(monthOf)).toEqual(["2026-11", "2026-10"]);
});

it("has its whole length before anything is loaded", () => {
  expect(total(list)).toBe(123);
  expect(spot(list, 3)).toEqual({ section: 1, offset: 0 });
  expect(spot(list, 123)).toBeNull();
  expect(idAt(list, 5)).toBeNull();
  expect(missing(list, 50, 60)).toBe(1);
});

it("loads a section from its beginning, and takes a page twice as once", () => {
  const page = [oct(9), oct(8)];
  const loaded = list.with(1, arrive(arrive(list[1] ?? empty(null, 0), page, "c"), page, "c"));
  expect(idAt(loaded, 4)).toBe(oct(8));
  expect(indexOf(loaded, oct(8))).toBe(4);
  expect(missing(loaded, 3, 5)).toBeNull();
  expect(missing(loaded, 4, 6)).toBe(1);
  expect(total(loaded)).toBe(123);
});

it("puts in what is made, takes out what is thrown away, and shifts nothing for the others", () => {
  const november = arrive(empty("2026-11", 3), [nov(3), nov(2), nov(1)], null);
  const before = list.with(0, november);
  const made = place(before, job(nov(4)), true);
  expect(idAt(made, 0)).toBe(nov(4));
  expect(total(made)).toBe(124);
  expect(place(made, job(nov(4)), true)).toBe(made);
  expect(indexOf(place(made, job(nov(2)), false), nov(1))).toBe(2);
  // Of a month that nobody has looked at, only the API's count tells.
  expect(place(before, job(oct(5)), true)).toBe(before);
  expect(total(place([], job(nov(1)), true))).toBe(1);
});

it("is loaded anew where the count says otherwise", () => {
  const before = list.with(0, arrive(empty("2026-11", 3), [nov(3), nov(2), nov(1)], null));
  expect(lay(before, months)[0]).toBe(before[0]);
  expect(lay(before, [{ month: "2026-11", count: 4 }])).toEqual([empty("2026-11", 4)]);
});

it("a list without counts goes on until it is done", () => {
  const one = arrive(empty(null, null), [nov(2)], "c");
  expect(missing([one], 0, 20)).toBe(0);
  expect(missing([one], 0, 1)).toBeNull();
  const done = arrive(one, [], null);
  expect(total([done])).toBe(1);
  expect(total(place([done], job(nov(1)), true))).toBe(2);
});
