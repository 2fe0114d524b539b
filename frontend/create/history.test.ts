import { expect, it } from "vitest";
import { begun, ordered, recall, remember, step } from "./history";

it("has each prompt once, the newest first", () => {
  const at = (prompt: string, time: number) => ({ prompt, at: time });
  expect(ordered([at("fox", 1), at("owl", 3), at("fox", 5), at("  ", 9)])).toEqual(["fox", "owl"]);
});

it("walks as a shell does, and loses nothing that was written on the way", () => {
  let walk = begun(["second", "first"]);
  let text = "being written";
  const go = (by: 1 | -1) => {
    const next = step(walk, by, text);
    if (next) ({ walk, text } = next);
    return next ? text : null;
  };
  expect(go(-1)).toBeNull();
  expect([go(1), go(1), go(1)]).toEqual(["second", "first", null]);
  text = "first, changed";
  expect([go(-1), go(1)]).toEqual(["second", "first, changed"]);
  expect([go(-1), go(-1), go(-1)]).toEqual(["second", "being written", null]);
});

it("keeps the prompts of each person apart, and survives what is broken", () => {
  const kept = new Map<string, string>([["history:eve", "{"]]);
  const store = {
    getItem: (it: string) => kept.get(it) ?? null,
    setItem: (it: string, text: string) => void kept.set(it, text),
  };
  for (let n = 0; n < 99; n++) remember(store, "ada", { prompt: `p${n % 70}`, at: n });
  expect(recall(store, "ada")).toHaveLength(60);
  expect(recall(store, "eve")).toEqual([]);
});
