import { expect, it } from "vitest";
import { ar } from "./ar";
import { de } from "./de";
import type { Key } from "./en";
import { rest } from "./en-rest";
import { start } from "./en-start";
import { es } from "./es";
import { format } from "./format";
import { ja } from "./ja";

const en = { ...start, ...rest };
const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((it) => it[1]))].sort();

it.each(Object.entries({ de, es, ja, ar }))("%s has every key, and the same placeholders", (_, catalog) => {
  expect(Object.keys(catalog).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(en) as Key[]) expect([key, names(catalog[key])]).toEqual([key, names(en[key])]);
});

it.each(Object.entries({ en, de, es, ja, ar }))("%s has a form for every number", (language, catalog) => {
  for (const n of [0, 1, 2, 3, 11, 100])
    for (const message of Object.values(catalog)) expect(format(message, { n }, language)).not.toMatch(/[#{}|]/);
});

it("plurals follow the language", () => {
  expect(format(en["nav.credits"], { n: 1 }, "en")).toBe("1 credit");
  expect(format(en["nav.credits"], { n: 1200 }, "en")).toBe("1,200 credits");
});
