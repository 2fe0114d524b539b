import { Problem } from "@/api/problem";
import type { Key } from "@/i18n/en";

/** Why a picture cannot be used; `again` says that trying again may help. */
export type Why = { code: string; format?: string; category?: string; again: boolean };

export class Unfit extends Error {
  readonly why: Why;
  constructor(code: string, more: Partial<Why> = {}) {
    super(code);
    this.why = { code, again: false, ...more };
  }
}

const SENTENCES: Record<string, Key> = {
  foreign_format: "input.bad.foreign",
  heic: "input.bad.heic",
  not_a_picture: "input.bad.nothing",
  animated: "input.bad.animated",
  too_many_bytes: "input.bad.heavy",
  too_many_pixels: "input.bad.large",
  too_small: "input.bad.small",
  too_narrow: "input.bad.narrow",
  cut_off: "input.bad.damaged",
  damaged: "input.bad.damaged",
  blocked: "input.bad.blocked",
  too_many: "input.bad.tooMany",
  lost: "input.bad.lost",
  gone: "input.bad.gone",
  unreachable: "input.bad.unreachable",
};
export const sentenceOf = ({ code }: Why): Key => SENTENCES[code] ?? "input.bad.unreachable";

/** Of whatever an upload ended with. */
export function whyOf(error: unknown): Why {
  if (error instanceof Unfit) return error.why;
  if (!(error instanceof Problem)) return { code: "unreachable", again: true };
  const { code, written } = error;
  if (code === "picture-refused") return { code: written.reason ?? "not_a_picture", format: "", again: false };
  if (code === "content-blocked") return { code: "blocked", category: written.category ?? "–", again: false };
  if (code === "too-many-uploads") return { code: "too_many", again: true };
  return { code: "unreachable", again: true };
}
