import { expect, it } from "vitest";
import { rest } from "@/i18n/en-rest";
import { format, type Values } from "@/i18n/format";
import { Problem, sentence } from "./problem";

const t = ((key: keyof typeof rest, values: Values = {}) => format(rest[key], values, "en")) as Parameters<
  typeof sentence
>[1];
const say = (status: number, written = {}) => sentence(new Problem(status, written, null), t);

it("says which part is down", () => {
  expect(say(503, { code: "unavailable", service: "safety-check" })).toContain("safety check");
  expect(say(503, { code: "unavailable", service: "payments" })).toContain("payment service");
  expect(say(503, { code: "unavailable" })).toContain("busy or down");
});

it("has a sentence for answers without a body, of whoever stands in front", () => {
  for (const status of [401, 413, 429, 502, 503, 504]) expect(say(status)).not.toMatch(/Reference|status/);
  expect(say(0)).toContain("No connection");
});

it("names the reference of what nobody foresaw, and the API's own words where it has some", () => {
  expect(say(500, { code: "internal", trace_id: "4bf9" })).toContain("4bf9");
  expect(say(422, { code: "invalid-request", detail: "prompt must say what to draw." })).toBe(
    "prompt must say what to draw.",
  );
});
