import { expect, it } from "vitest";
import { framesOf } from "./frames";

const sizes = [{ aspect_ratio: "2:3", width: 832, height: 1216 }];

it("an order that nobody draws yet has its pictures' shape already", () => {
  const job = { images: [], count: 2, aspect_ratio: "2:3" };
  expect(framesOf(job, sizes)).toEqual([
    { index: 0, width: 832, height: 1216 },
    { index: 1, width: 832, height: 1216 },
  ]);
  expect(framesOf(job, undefined)[0]).toMatchObject({ width: 2, height: 3 });
  expect(framesOf({ ...job, aspect_ratio: "of its own" }, sizes)[0]).toMatchObject({ width: 1, height: 1 });
});
