import { expect, it } from "vitest";
import { isPressed, isSingle } from "./keys";

const event = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

it("knows keys with and without others held", () => {
  expect(isPressed("p", event("p"))).toBe(true);
  expect(isPressed("p", event("P", { shiftKey: true }))).toBe(false);
  expect(isPressed("p", event("p", { ctrlKey: true }))).toBe(false);
  expect(isPressed("Mod+a", event("a", { metaKey: true }))).toBe(true);
  expect(isPressed("Mod+a", event("a"))).toBe(false);
  expect(isPressed("Shift+ArrowLeft", event("ArrowLeft", { shiftKey: true }))).toBe(true);
  expect(isPressed("ArrowLeft", event("ArrowLeft", { shiftKey: true }))).toBe(false);
  expect(isPressed("+", event("+", { shiftKey: true }))).toBe(true);
});

it("a sign is itself on whatever keyboard, a letter is where it is elsewhere", () => {
  expect(isPressed("?", event("?", { shiftKey: true }))).toBe(true);
  expect(isPressed("?", event("?"))).toBe(true);
  expect(isPressed("p", event("ح", { code: "KeyP" }))).toBe(true);
  expect(isPressed("p", event("z", { code: "KeyP" }))).toBe(false);
});

it("a character alone can be switched off", () => {
  expect(["p", "?", "Mod+a", "Escape"].map(isSingle)).toEqual([true, true, false, false]);
});
