import type { Key } from "@/i18n/en";
import type { Values } from "@/i18n/format";
import type { components } from "./schema";

type Written = Partial<components["schemas"]["Problem"]> & {
  needed?: number;
  available?: number;
  category?: string;
  reason?: string;
  errors?: { pointer: string }[];
  decision_id?: string;
  /** What is down, where only a part of the service is. */
  service?: string;
  /** What a refund left to be paid first. */
  owed?: number;
};

/** What the API refused, by its code; sentences are made where they are shown, in the language of the reader. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly written: Written;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | null;
  /** The same as a moment of this clock, in ms. */
  readonly until: number | null;

  constructor(status: number, written: Written, retryAfter: number | null) {
    super(written.detail ?? written.title ?? `status ${status}`);
    this.status = status;
    this.code = written.code ?? (status === 0 ? "offline" : "unknown");
    this.written = written;
    this.retryAfter = retryAfter;
    this.until = retryAfter === null ? null : Date.now() + retryAfter * 1000;
  }
}

const SENTENCES: Record<string, Key> = {
  offline: "problem.offline",
  unavailable: "problem.unavailable",
  unauthenticated: "problem.unauthenticated",
  "not-enough-credits": "problem.credits",
  "plan-too-low": "problem.plan",
  "content-blocked": "problem.blocked",
  "backlog-full": "problem.backlog",
  "account-frozen": "problem.frozen",
  "billing-off": "problem.billingOff",
  "on-this-plan": "problem.hasPlan",
  "plan-is-unlimited": "problem.hasPlan",
  "not-found": "problem.notFound",
  "nothing-bought": "problem.nothingBought",
  "model-gone": "problem.modelGone",
  "too-many-shares": "problem.tooManyShares",
  "in-trash": "problem.inTrash",
  "still-open": "problem.stillOpen",
  "body-too-large": "problem.tooLarge",
};
const PARTS: Record<string, Key> = { "safety-check": "problem.safetyDown", payments: "problem.paymentsDown" };
/** For an answer of the host or of something before it, which has no code. */
const STATUSES: Record<number, Key> = {
  401: "problem.unauthenticated",
  413: "problem.tooLarge",
  429: "problem.tooMany",
  502: "problem.unavailable",
  503: "problem.unavailable",
  504: "problem.unavailable",
};

/** The sentence for `error`. What has no sentence of ours is told in the API's own words. */
export function sentence(error: unknown, t: (key: Key, values?: Values) => string): string {
  if (!(error instanceof Problem)) return t("problem.unknown", { trace: "–" });
  const { written, code, status } = error;
  const part = code === "unavailable" ? PARTS[written.service ?? ""] : undefined;
  const key = part ?? SENTENCES[code] ?? STATUSES[status];
  if (key)
    return t(key, {
      needed: written.needed ?? 0,
      available: written.available ?? 0,
      category: written.category ?? "–",
    });
  if (status >= 400 && status < 500 && written.detail) return written.detail;
  return t("problem.unknown", { trace: written.trace_id ?? "–" });
}
