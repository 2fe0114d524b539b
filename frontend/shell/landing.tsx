"use client";
import { useI18n } from "@/i18n/i18n";
import { Go } from "@/ui/go";

const POINTS = ["a", "b", "c"] as const;
/** How much of the print is there, as light and water bring it out. */
const STEPS = [
  { key: "home.step1", shown: "opacity-0" },
  { key: "home.step2", shown: "opacity-30 blur-[3px]" },
  { key: "home.step3", shown: "opacity-70 blur-[1px]" },
  { key: "home.step4", shown: "" },
] as const;

export function Landing() {
  const { t } = useI18n();
  return (
    <>
      <section className="-mx-4 overflow-hidden bg-print text-print-light sm:mx-0 sm:rounded-xl">
        <div className="grid items-stretch md:grid-cols-[7fr_5fr]">
          <div className="grid content-end gap-6 px-6 py-10 sm:px-12 md:py-16">
            <h1 className="text-[clamp(2.6rem,6.2vw,5rem)] font-extrabold">{t("home.title")}</h1>
            <p className="max-w-[46ch] text-lg">{t("home.lead")}</p>
            <div className="flex flex-wrap gap-3">
              <Go href="/create/" className="press bg-print-light px-6 text-print outline-print-light">
                {t("home.start")}
              </Go>
              <Go href="/pricing/" className="press border border-print-light outline-print-light">
                {t("home.plans")}
              </Go>
            </div>
          </div>
          <img
            src="/fern.webp"
            alt=""
            width={560}
            height={720}
            fetchPriority="high"
            className="h-full max-h-[34rem] w-full object-cover md:max-h-none"
          />
        </div>
      </section>
      <section aria-label={t("home.steps")} className="pt-14">
        <h2 className="mb-5 text-2xl font-bold">{t("home.steps")}</h2>
        <ol className="grid grid-cols-2 gap-x-3 gap-y-6 md:grid-cols-4 md:gap-x-5">
          {STEPS.map(({ key, shown }, n) => (
            <li key={key}>
              <div className="relative aspect-[4/5] overflow-hidden rounded-tile bg-[oklch(0.42_0.11_252)]">
                <img
                  src="/fern.webp"
                  alt=""
                  width={560}
                  height={720}
                  loading="lazy"
                  decoding="async"
                  className={`size-full object-cover ${shown}`}
                />
              </div>
              <p className="mt-2 flex items-baseline gap-2.5">
                <span className="edge-print" aria-hidden="true">
                  {n + 1}
                </span>
                <span className="font-semibold">{t(key)}</span>
              </p>
            </li>
          ))}
        </ol>
      </section>
      <section className="grid gap-x-12 gap-y-10 py-16 md:grid-cols-3">
        {POINTS.map((it) => (
          <div key={it} className="border-t border-edge pt-4">
            <h2 className="mb-2 text-xl font-semibold">{t(`home.${it}.title`)}</h2>
            <p className="text-soft">{t(`home.${it}.text`)}</p>
          </div>
        ))}
      </section>
      <p className="max-w-[60ch] text-sm text-soft">{t("home.fern")}</p>
    </>
  );
}
