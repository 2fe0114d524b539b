"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useI18n } from "@/i18n/i18n";
import { wayBack } from "@/pricing/errand";
import { Go } from "@/ui/go";

const POINTS = ["a", "b", "c"] as const;

export function Landing() {
  const { t } = useI18n();
  const router = useRouter();
  // The payment service sends people back to the first page.
  useEffect(() => {
    const to = wayBack(sessionStorage, location.search);
    if (to) router.replace(to);
  }, [router]);
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
            className="h-full max-h-[34rem] w-full object-cover md:max-h-none"
          />
        </div>
      </section>
      <section className="grid gap-x-12 gap-y-10 py-16 md:grid-cols-3">
        {POINTS.map((it) => (
          <div key={it} className="border-t border-edge pt-4">
            <h2 className="mb-2 text-xl font-semibold">{t(`home.${it}.title`)}</h2>
            <p className="text-soft">{t(`home.${it}.text`)}</p>
          </div>
        ))}
      </section>
    </>
  );
}
