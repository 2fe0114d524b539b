import { expect, it } from "vitest";
import { stands, textOf } from "./maintenance";

const now = Date.parse("2026-11-22T12:00:00Z");

it("is told before, holds meanwhile, and ends by itself", () => {
  const from = "2026-11-22T13:00:00Z";
  const until = "2026-11-22T14:00:00Z";
  expect(stands(undefined, now).state).toBe("none");
  expect(stands({ from, until }, now).state).toBe("soon");
  expect(stands({ from, until }, Date.parse(from)).state).toBe("now");
  expect(stands({ from, until }, Date.parse(until)).state).toBe("none");
});

it("without times it holds until it is taken out", () => {
  expect(stands({}, now).state).toBe("now");
  expect(stands({ until: "soon" }, now).state).toBe("now");
});

it("is said in the reader's language, or in English, or as it was written", () => {
  expect(textOf({ text: { en: "Moving", de: "Umzug" } }, "de")).toBe("Umzug");
  expect(textOf({ text: { en: "Moving" } }, "ja")).toBe("Moving");
  expect(textOf({ text: "Moving" }, "ja")).toBe("Moving");
  expect(textOf({}, "en")).toBeNull();
});
