"use client";
import { Problem } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { Go } from "@/ui/go";
import { type Outcome, stopped } from "./use-composer";

export function Plans() {
  const { t } = useI18n();
  return (
    <Go href="/pricing/" className="font-semibold text-blue underline underline-offset-4">
      {t("problem.upgrade")}
    </Go>
  );
}

/** Why the order was not taken, with what can be done about it. */
export function Refusal({ outcome: { error, made, left } }: { outcome: Outcome }) {
  const { t } = useI18n();
  const money = error instanceof Problem && ["not-enough-credits", "plan-too-low"].includes(error.code);
  return (
    <p role="alert" className="text-bad">
      {stopped(error, made, made + left, t)} {money && <Plans />}
    </p>
  );
}
