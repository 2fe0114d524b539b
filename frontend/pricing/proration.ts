import type { Plan, Subscription } from "@/api/client";

/**
 * What a change to a dearer plan costs now, in cents: the difference for what is left of the month. The payment service
 * counts by the second too, and its page has the last word. `null` when the month is not known.
 */
export function dueNow(
  standing: Pick<Subscription, "period_start" | "period_end">,
  from: Pick<Plan, "usd_cents_per_month">,
  to: Pick<Plan, "usd_cents_per_month">,
  now: number,
): number | null {
  if (!standing.period_start || !standing.period_end) return null;
  const [start, end] = [Date.parse(standing.period_start), Date.parse(standing.period_end)];
  if (!(end > start)) return null;
  const left = Math.min(1, Math.max(0, (end - now) / (end - start)));
  return Math.max(0, Math.round((to.usd_cents_per_month - from.usd_cents_per_month) * left));
}
