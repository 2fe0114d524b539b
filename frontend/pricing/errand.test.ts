import { expect, it } from "vitest";
import { type Errand, forgetErrand, keepErrand, takeErrand, wayBack } from "./errand";

const store = (text: string | null) => ({ getItem: () => text });
const kept = (errand: Errand) => {
  let text = "";
  keepErrand({ setItem: (_, value) => (text = value) }, errand);
  return store(text);
};

it("leads back to where somebody left for the payment service", () => {
  expect(wayBack(store(null), "")).toBeNull();
  expect(wayBack(store(null), "?session_id=cs_1")).toBe("/billing/return/");
  expect(wayBack(kept({ what: "plan", plan: "premium" }), "")).toBe("/billing/return/");
  expect(wayBack(kept({ what: "portal", back: "/account/" }), "")).toBe("/account/?returned=1");
});

it("leads nowhere else, whatever is kept", () => {
  for (const text of ["{", "7", '{"what":"portal","back":"//elsewhere"}', '{"what":"portal","back":"https://x/"}'])
    expect(wayBack(store(text), "")).toBeNull();
});

it("is about the errand once it is told, and leads back no more", () => {
  const held = new Map<string, string>();
  const tab = {
    getItem: (it: string) => held.get(it) ?? null,
    setItem: (it: string, to: string) => held.set(it, to),
    removeItem: (it: string) => held.delete(it),
  };
  keepErrand(tab, { what: "pack", pack: "credits_100", line: 7 });
  for (let n = 0; n < 2; n++) expect(takeErrand(tab)).toEqual({ what: "pack", pack: "credits_100", line: 7 });
  expect(wayBack(tab, "")).toBeNull();
  forgetErrand(tab);
  expect(takeErrand(tab)).toBeNull();
  held.set("errand", '{"what":"pack","pack":"credits_100","line":"many"}');
  expect(takeErrand(tab)).toBeNull();
});
