"use client";
import { useI18n } from "@/i18n/i18n";
import { WayOut } from "@/shell/way-out";
import { type Outcome, stopped } from "./use-composer";

/** Why the order was not taken, with what can be done about it. */
export function Refusal({ outcome: { error, made, left } }: { outcome: Outcome }) {
  const { t } = useI18n();
  return (
    <p role="alert" className="text-bad">
      {stopped(error, made, made + left, t)} <WayOut error={error} />
    </p>
  );
}
