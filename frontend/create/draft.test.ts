import { expect, it } from "vitest";
import { blank, read, seedOf } from "./draft";

const kept = (text: string | null) => ({ getItem: () => text });

it("gives back what was written, and nothing that is of another shape", () => {
  expect(read(kept('{"prompt":"fox","seed":7,"count":"many","other":1}'))).toEqual({
    ...blank,
    prompt: "fox",
    seed: 7,
  });
  for (const broken of [null, "", "{", "null", "[]", "7"]) expect(read(kept(broken))).toEqual(blank);
});

it("takes a seed that the API takes", () => {
  expect(["0", "2147483647", "2147483648", "-1", "1.5", ""].map(seedOf)).toEqual([
    0,
    2147483647,
    null,
    null,
    null,
    null,
  ]);
});
