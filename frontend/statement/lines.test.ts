import { expect, it } from "vitest";
import type { StatementLine } from "@/api/client";
import { rest } from "@/i18n/en-rest";
import { format, type Values } from "@/i18n/format";
import type { Translate } from "@/i18n/i18n";
import { before, figures, merged, months, reason } from "./lines";

const t = ((key: keyof typeof rest, values: Values = {}) => format(rest[key], values, "en")) as Translate;
const line = (number: number, kind: string, change: number, balance: number, more: Partial<StatementLine> = {}) =>
  ({
    number,
    kind,
    change,
    balance,
    used: 0,
    at: `2026-11-${String(number).padStart(2, "0")}T12:00:00Z`,
    reason: "R",
    ...more,
  }) as StatementLine;

const lines = [
  line(5, "expire", -1, 205),
  line(4, "close", 2, 206, { used: 2, generation_id: "gen_1" }),
  line(3, "hold", -4, 204, { generation_id: "gen_1" }),
  line(2, "grant", 200, 208, { origin: { kind: "plan", id: null } }),
];

it("adds up to the balance", () => {
  const it = figures(lines);
  expect(it).toEqual({ first: 8, received: 200, pictures: -2, ended: -1, last: 205 });
  expect(it && it.first + it.received + it.pictures + it.ended).toBe(205);
});

it("gives no sum where a line is missing", () => {
  expect(figures(lines.filter((it) => it.number !== 3))).toBeNull();
  expect(figures([])).toBeNull();
});

it("has each line once, newest first, however pages come", () => {
  expect(merged(lines.slice(2), lines.slice(0, 3)).map((it) => it.number)).toEqual([5, 4, 3, 2]);
});

it("says every reason, and one that is new in the words of the API", () => {
  expect(lines.map((it) => reason(it, t))).toEqual([
    "Not used in time: other credits",
    "2 credits used, 2 given back",
    "Set aside for a picture",
    "Received: a month of your plan",
  ]);
  expect(reason(line(1, "gift", 1, 1), t)).toBe("R");
  expect(reason(line(1, "grant", 1, 1, { origin: { kind: "pack", id: "credits_500" } }), t)).toBe(
    "Received: 500 credits bought",
  );
  expect(reason(line(1, "expire", 0, 1, { generation_id: "gen_1", origin: { kind: "plan", id: "free" } }), t)).toBe(
    "Came back after its time was over: a month of Free",
  );
});

it("offers a year while older lines may follow, and then only months with lines", () => {
  expect(before("2026-01")).toBe("2025-12");
  expect(months(lines, true, "2026-11")).toHaveLength(12);
  expect(months(lines, false, "2026-12")).toEqual(["2026-12", "2026-11"]);
});
