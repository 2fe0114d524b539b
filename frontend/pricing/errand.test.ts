import { expect, it } from "vitest";
import { type Errand, keepErrand, readErrand, wayBack } from "./errand";

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
  expect(readErrand(store('{"what":"pack","pack":"credits_100","line":"many"}'))).toBeNull();
});
