import type { StatementLine } from "@/api/client";
import type { Key } from "@/i18n/en";
import type { Translate } from "@/i18n/i18n";
import { fromWhere } from "@/store/origin";

const KINDS = ["grant", "hold", "close", "expire", "claw_back", "restore"] as const;
export type Kind = (typeof KINDS)[number];

/** What lines are looked for by: what a person asks, and not what the ledger calls it. */
export const GROUPS = { received: ["grant", "restore"], pictures: ["hold", "close"], ended: ["expire", "claw_back"] };
export type Group = keyof typeof GROUPS;

/** Why a line is there, in the reader's language. One of a kind that is new to this page is told in the API's words. */
export function reason(line: StatementLine, t: Translate): string {
  const from = line.origin ? fromWhere(line.origin, t) : t("statement.fromOther");
  switch (line.kind) {
    case "grant":
      return t("statement.grant", { from });
    case "hold":
      return t("statement.hold");
    case "close":
      // On an unlimited plan nothing was held that could come back.
      if (line.used === 0) return t("statement.closeNothing");
      return line.change > 0
        ? t("statement.closePart", { used: line.used, n: line.change })
        : t("statement.closeAll", { n: line.used });
    case "expire":
      return t(line.generation_id ? "statement.expireLate" : "statement.expire", { from });
    case "claw_back":
      return t("statement.clawBack", { from });
    case "restore":
      return t("statement.restore", { from });
    default:
      return line.reason;
  }
}

export const TITLES: Record<Kind, Key> = {
  grant: "statement.kindGrant",
  hold: "statement.kindHold",
  close: "statement.kindClose",
  expire: "statement.kindExpire",
  claw_back: "statement.kindClawBack",
  restore: "statement.kindRestore",
};
export const titleOf = (kind: string, t: Translate) => {
  const known = KINDS.find((it) => it === kind);
  return known ? t(TITLES[known]) : kind;
};

/** The month of a moment where the reader is, as `2026-11`. */
export function monthOf(moment: string): string {
  const at = new Date(moment);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}`;
}
/** The month before. */
export function before(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}

/** The months that can be asked for, newest first: those of the lines, and a year back while older ones may follow. */
export function months(lines: readonly StatementLine[], more: boolean, now: string): string[] {
  const found = new Set([now, ...lines.map((it) => monthOf(it.at))]);
  if (more) for (let n = 0, month = now; n < 12; n++, month = before(month)) found.add(month);
  return [...found].sort().reverse();
}

export type Figures = { first: number; received: number; pictures: number; ended: number; last: number };
/**
 * What lines without a gap between them add up to: `first` and what came and went is `last`. `null` without lines, or when
 * one is missing.
 */
export function figures(lines: readonly StatementLine[]): Figures | null {
  const newest = lines[0];
  const oldest = lines.at(-1);
  if (!newest || !oldest || newest.number - oldest.number !== lines.length - 1) return null;
  const sum = (group: Group) =>
    lines.filter((it) => GROUPS[group].includes(it.kind)).reduce((total, it) => total + it.change, 0);
  return {
    first: oldest.balance - oldest.change,
    received: sum("received"),
    pictures: sum("pictures"),
    ended: sum("ended"),
    last: newest.balance,
  };
}

/** Newest first, each line once: a page that comes late or twice does no harm. */
export function merged(known: readonly StatementLine[], more: readonly StatementLine[]): StatementLine[] {
  const all = new Map(known.map((it) => [it.number, it]));
  for (const it of more) all.set(it.number, it);
  return [...all.values()].sort((a, b) => b.number - a.number);
}
