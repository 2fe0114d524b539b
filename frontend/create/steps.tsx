"use client";
import type { Generation } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { useCatalog } from "@/store/catalog";
import { STEPS, type StepName, stepOf, useElapsed } from "./progress";

/** Where a job is on its way, as frames of a film: those before are exposed, the present one is at work. */
export function Steps({ at }: { at: StepName }) {
  const { t } = useI18n();
  const place = STEPS.indexOf(at);
  return (
    <ol aria-label={t("step.title")} className="flex w-full flex-wrap gap-x-1 text-xs">
      {STEPS.map((it, number) => (
        <li
          key={it}
          aria-current={number === place ? "step" : undefined}
          className={`min-w-14 grow basis-0 border-t-2 pt-1 ${
            number < place
              ? "border-edge text-soft"
              : number === place
                ? "border-sun font-semibold"
                : "border-line text-soft"
          }`}
        >
          {t(`step.${it}`)}
          {number < place && <span className="sr-only"> ✓</span>}
        </li>
      ))}
    </ol>
  );
}

/** The steps, and while it is drawn how long that takes against what is usual. */
export function Way({ job }: { job: Generation }) {
  const { t } = useI18n();
  const { catalog } = useCatalog();
  const usual = catalog?.models.find((it) => it.id === job.model)?.usual_seconds ?? 0;
  const counted = useElapsed(job, usual);
  const at = stepOf(job);
  if (!at) return null;
  return (
    <>
      <Steps at={at} />
      {counted && (
        <p className="edge-print w-full">
          {t(counted.elapsed > counted.whole * 2 ? "step.longer" : "step.elapsed", {
            s: counted.elapsed,
            usual: counted.whole,
          })}
        </p>
      )}
    </>
  );
}
