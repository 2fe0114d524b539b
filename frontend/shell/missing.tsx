"use client";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { Go } from "@/ui/go";

export function Missing() {
  const { t } = useI18n();
  return (
    <div className="grid min-h-[60dvh] place-content-center justify-items-start gap-4">
      <p className="edge-print">404</p>
      <h1 className="text-4xl font-bold">{t("missing.title")}</h1>
      <p className="text-soft">{t("missing.text")}</p>
      <Go href="/" className="press press-line">
        {t("missing.home")}
      </Go>
    </div>
  );
}
