import { expect, it } from "vitest";
import { beginning, keepPreferences, readPreferences, usual } from "./preferences";

const kept = (text: string | null) => ({ getItem: () => text });

it("gives back what was kept, and nothing of another shape", () => {
  let text = "";
  keepPreferences({ setItem: (_, value) => (text = value) }, { ...usual, model: "flux-dev", count: 3 });
  expect(readPreferences(kept(text))).toEqual({ ...usual, model: "flux-dev", count: 3 });
  expect(readPreferences(kept('{"count":9,"model":7,"notify":"yes","other":1}'))).toEqual(usual);
  for (const broken of [null, "{", "null", "7"]) expect(readPreferences(kept(broken))).toEqual(usual);
});

it("a new order begins with them, and with the page's own where nothing is preferred", () => {
  const blank = { prompt: "", model: "flux-schnell", aspect_ratio: "1:1", count: 1, embed_prompt: true };
  expect(beginning(blank, kept(null))).toEqual(blank);
  expect(beginning(blank, kept('{"model":"flux-dev","embed_prompt":false}'))).toEqual({
    ...blank,
    model: "flux-dev",
    embed_prompt: false,
  });
});
