import { expect, it } from "vitest";
import { blank } from "./draft";
import { dressed, has, keepOwn, ownOf, readOwn, STYLE_IDS, STYLES, without } from "./presets";

const [photo, cinema] = STYLES;
if (!photo || !cinema) throw new Error("there are styles");
const all = { model: () => true, shape: true };

it("puts one style's words in place of another's, and takes them away again", () => {
  const first = { ...blank, prompt: "a red fox", ...dressed({ ...blank, prompt: "a red fox" }, photo, all) };
  const second = { ...first, ...dressed(first, cinema, all) };
  expect(first.prompt).toBe(`a red fox, ${photo.words}`);
  expect([has(second.prompt, photo), has(second.prompt, cinema)]).toEqual([false, true]);
  expect(without(second.prompt)).toBe("a red fox");
  expect(second).toMatchObject({ model: cinema.model, aspect_ratio: cinema.aspect_ratio });
});

it("leaves model and shape where they cannot be used", () => {
  expect(dressed(blank, photo, { model: () => false, shape: false })).toEqual({ prompt: photo.words });
});

it("keeps own ones, and drops what is of another shape", () => {
  const kept = new Map<string, string>();
  const store = {
    getItem: (it: string) => kept.get(it) ?? null,
    setItem: (it: string, text: string) => void kept.set(it, text),
  };
  const own = ownOf("1", "  Foxes ", { ...blank, prompt: "a fox", seed: 7 });
  expect(keepOwn(store, [own])).toBe(true);
  expect(readOwn(store)).toEqual([own]);
  expect(own).toMatchObject({ name: "Foxes" });
  kept.set("presets", JSON.stringify([own, { id: 2 }, null]));
  expect(readOwn(store)).toEqual([own]);
  const full = {
    setItem: () => {
      throw new Error("full");
    },
  };
  expect(keepOwn(full, [own])).toBe(false);
});

it("names every style once", () => {
  expect(STYLES.map((it) => it.id)).toEqual([...STYLE_IDS]);
});
