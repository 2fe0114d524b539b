import { expect, it } from "vitest";
import { nameFor } from "./save";
import { actual, fitted, keepIn, pan, swiped, whole, zoomTo } from "./zoom";

const picture = { width: 2000, height: 1000 };
const frame = { width: 500, height: 500 };

it("shows a picture whole, and a small one no larger than it is", () => {
  expect(fitted(picture, frame)).toEqual({ width: 500, height: 250 });
  expect(fitted({ width: 100, height: 50 }, frame)).toEqual({ width: 100, height: 50 });
  expect(actual(picture, frame)).toBe(4);
});

it("what is under the pointer stays there", () => {
  const zoom = zoomTo(whole, 4, { x: 100, y: 0 }, picture, frame);
  expect(zoom).toEqual({ scale: 4, x: -300, y: 0 });
  // The same point of the picture: 100 from the middle at scale 1 is 400 at scale 4.
  expect(zoom.x + 400).toBe(100);
});

it("does not leave its frame, and comes back whole", () => {
  const far = pan({ scale: 4, x: 0, y: 0 }, 9000, -9000, picture, frame);
  expect(far).toEqual({ scale: 4, x: 750, y: -250 });
  expect(zoomTo(far, 0.2, { x: 10, y: 10 }, picture, frame)).toEqual(whole);
  expect(keepIn({ scale: 900, x: 0, y: 0 }, picture, frame).scale).toBe(8);
});

it("a finger turns pages as the language is read", () => {
  expect(swiped(-120, 10, false)).toBe(1);
  expect(swiped(-120, 10, true)).toBe(-1);
  expect(swiped(80, 79, false)).toBe(0);
  expect(swiped(20, 0, false)).toBe(0);
});

it("names a file after the words", () => {
  expect(nameFor("a red fox, in snow!", 7, "png")).toBe("a-red-fox-in-snow-7.png");
  expect(nameFor("狐/雪", 7, "webp")).toBe("狐-雪-7.webp");
  expect(nameFor("../..", 7, "jpg")).toBe("picture-7.jpg");
});
