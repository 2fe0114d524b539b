"use client";
import { FINAL, type Generation } from "@/api/client";
import type { Key } from "@/i18n/en";
import { type Translate, useI18n } from "@/i18n/i18n";

const NAMES: Record<string, Key> = {
  queued: "state.queued",
  starting: "state.starting",
  running: "state.running",
  finishing: "state.finishing",
  succeeded: "state.succeeded",
  failed: "state.failed",
  cancelled: "state.cancelled",
  blocked: "state.blocked",
};
const REASONS: Record<string, Key> = {
  refused: "reason.refused",
  provider_failed: "reason.provider_failed",
  bad_output: "reason.bad_output",
  input_gone: "reason.input_gone",
  timed_out: "reason.timed_out",
  blocked: "reason.blocked",
  partial: "reason.partial",
};

export const isOpen = (job: Generation) => !FINAL.has(job.status);
const bad = (job: Generation) => job.status === "failed" || job.status === "blocked";

/** Where `job` is, in one line. */
export function stateOf(job: Generation, t: Translate): string {
  const name = NAMES[job.status];
  const parts = [name ? t(name) : job.status];
  if (job.status === "queued" && job.position > 0) parts.push(t("state.before", { n: job.position }));
  // While it is drawn the tile counts, and what was left when that began is no longer true.
  if (isOpen(job) && job.status !== "running" && job.eta_seconds > 0)
    parts.push(t("state.eta", { s: job.eta_seconds }));
  return parts.join(" · ");
}

/** Why it ended so, and what became of the credits; empty for what went well. */
export function reasonOf(job: Generation, t: Translate): string {
  if (isOpen(job)) return "";
  const code = job.error?.code;
  const key = code ? REASONS[code] : undefined;
  const category = job.error?.category ?? job.images.find((it) => it.category)?.category ?? "–";
  const parts = key ? [t(key, { category })] : [];
  if (job.status === "succeeded" && !key) return "";
  const { captured, released } = job.credits;
  if (captured > 0) parts.push(`${t("state.charged", { n: captured })}.`);
  if (released > 0) parts.push(`${t("state.given", { n: released })}.`);
  if (captured === 0 && released === 0) parts.push(`${t("state.noCharge")}.`);
  return parts.join(" ");
}

export function Status({ job }: { job: Generation }) {
  const { t } = useI18n();
  const reason = reasonOf(job, t);
  return (
    <div className="min-w-0 text-sm">
      <p className={`font-semibold ${bad(job) ? "text-bad" : isOpen(job) ? "text-sun" : ""}`}>{stateOf(job, t)}</p>
      {reason && <p className="text-soft">{reason}</p>}
    </div>
  );
}
