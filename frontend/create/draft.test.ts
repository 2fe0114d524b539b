import { expect, it } from "vitest";
import type { Generation, Model } from "@/api/client";
import { blank, blankOf, keep, order, read, recipe, rolled, seedOf, turned } from "./draft";

const kept = (text: string | null) => ({ getItem: () => text });
const model = (part: Partial<Model>) =>
  ({
    id: "m",
    input_images: 0,
    strength: false,
    sizes: [
      { aspect_ratio: "1:1", width: 1024, height: 1024 },
      { aspect_ratio: "16:9", width: 1344, height: 768 },
      { aspect_ratio: "9:16", width: 768, height: 1344 },
    ],
    ...part,
  }) as Model;

it("gives back what was written, and nothing that is of another shape", () => {
  expect(read(kept('{"prompt":"fox","seed":7,"count":"many","other":1}'))).toEqual({
    ...blank,
    prompt: "fox",
    seed: 7,
  });
  for (const broken of [null, "", "{", "null", "[]", "7"]) expect(read(kept(broken))).toEqual(blank);
});

it("keeps a draft for each mode", () => {
  const store = new Map<string, string>();
  const storage = {
    getItem: (it: string) => store.get(it) ?? null,
    setItem: (it: string, text: string) => store.set(it, text),
  };
  keep(storage, { ...blank, prompt: "words" });
  keep(storage, { ...blankOf("picture"), prompt: "pictures" }, "picture");
  expect([read(storage).prompt, read(storage, "picture").prompt]).toEqual(["words", "pictures"]);
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
  expect([rolled(0), rolled(1 - Number.EPSILON)].map((it) => seedOf(String(it)))).not.toContain(null);
});

it("orders what the model takes", () => {
  const inputs = [{ upload_id: "upl_1" }, { generation_id: "gen_1", index: 2 }];
  const asPicture = { ...blankOf("picture"), strength: 55 };
  expect(order(asPicture, model({ input_images: 1, strength: true }), inputs)).toMatchObject({
    aspect_ratio: null,
    strength: 0.55,
    inputs: [{ upload_id: "upl_1" }],
  });
  expect(order({ ...asPicture, aspect_ratio: "16:9" }, model({ input_images: 8 }), inputs)).toMatchObject({
    aspect_ratio: "16:9",
    strength: null,
    inputs,
  });
  // The shape of nothing, and one that the model does not make.
  expect(order(asPicture, model({ input_images: 8 })).aspect_ratio).toBe("1:1");
  expect(order({ ...blank, aspect_ratio: "21:9" }, model({})).aspect_ratio).toBe("1:1");
});

it("turns a shape where the model makes the other", () => {
  const { sizes } = model({});
  expect([turned("16:9", sizes), turned("1:1", sizes), turned("3:2", sizes)]).toEqual(["9:16", null, null]);
});

it("takes up the seed of the picture itself", () => {
  const job = { prompt: "fox", model: "m", images: [{ seed: 7 }, { seed: 8 }], strength: 0.29 } as Generation;
  expect(recipe(job, 1)).toMatchObject({ prompt: "fox", seed: 8, strength: 29 });
});
