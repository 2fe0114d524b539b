"use client";
import { useEffect, useState } from "react";
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
export function Refusal({ outcome: { error, made, left: open } }: { outcome: Outcome }) {
  const { t } = useI18n();
  const [left, setLeft] = useState(0);
  const problem = error instanceof Problem ? error : null;
  useEffect(() => {
    const until = Date.now() + (problem?.retryAfter ?? 0) * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const clock = setInterval(tick, 500);
    return () => clearInterval(clock);
  }, [problem]);
  const money = problem?.code === "not-enough-credits" || problem?.code === "plan-too-low";
  return (
    <p role="alert" className="text-bad">
      {stopped(error, made, made + open, t)} {left > 0 && t("problem.wait", { s: left })} {money && <Plans />}
    </p>
  );
}
