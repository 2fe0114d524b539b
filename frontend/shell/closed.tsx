"use client";
import "@/i18n/en-rest";
import { useState } from "react";
import { useI18n } from "@/i18n/i18n";
import type { Maintenance } from "@/session/settings";
import { textOf } from "@/store/maintenance";

/** Instead of the page while somebody works on the service. What was being written is behind it, as it was. */
export function Closed({ it, again }: { it: Maintenance; again: () => Promise<void> }) {
  const { t, language } = useI18n();
  const [asking, setAsking] = useState(false);
  const until = it.until
    ? new Date(it.until).toLocaleString(language, { dateStyle: "long", timeStyle: "short" })
    : null;
  return (
    <main className="mx-auto mt-4 grid w-full max-w-7xl grow min-h-[60dvh] content-center justify-items-start gap-5 rounded-xl bg-print px-6 py-14 text-print-light sm:px-14">
      <h1 className="text-[clamp(2.2rem,5vw,4rem)] font-extrabold">{t("outage.closed")}</h1>
      <p className="max-w-[50ch] text-lg">{textOf(it, language) ?? t("outage.closedText")}</p>
      {until && <p className="font-semibold">{t("outage.until", { at: until })}</p>}
      <p className="max-w-[50ch]">{t("outage.kept")}</p>
      <button
        type="button"
        disabled={asking}
        className="press bg-print-light text-print outline-print-light"
        onClick={() => {
          setAsking(true);
          again().finally(() => setAsking(false));
        }}
      >
        {t("outage.ask")}
      </button>
    </main>
  );
}
