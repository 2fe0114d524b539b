import { expect, it } from "vitest";
import { dueNow } from "./proration";

const plan = (usd_cents_per_month: number) => ({ usd_cents_per_month });
const month = { period_start: "2026-11-01T00:00:00Z", period_end: "2026-12-01T00:00:00Z" };

it("is the difference for what is left of the month", () => {
  expect(dueNow(month, plan(999), plan(2999), Date.parse("2026-11-16T00:00:00Z"))).toBe(1000);
  expect(dueNow(month, plan(999), plan(2999), Date.parse("2026-11-01T00:00:00Z"))).toBe(2000);
  expect(dueNow(month, plan(999), plan(2999), Date.parse("2027-01-01T00:00:00Z"))).toBe(0);
  expect(dueNow(month, plan(2999), plan(999), Date.parse("2026-11-16T00:00:00Z"))).toBe(0);
  expect(dueNow({ period_start: null, period_end: null }, plan(999), plan(2999), 0)).toBeNull();
});
