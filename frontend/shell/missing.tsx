"use client";
import Link from "next/link";
import { useI18n } from "@/i18n/i18n";

export function Missing() {
  const { t } = useI18n();
  return (
    <div className="grid min-h-[60dvh] place-content-center justify-items-start gap-4">
      <p className="edge-print">404</p>
      <h1 className="text-4xl font-bold">{t("missing.title")}</h1>
      <p className="text-soft">{t("missing.text")}</p>
      <Link href="/" className="press press-line">
        {t("missing.home")}
      </Link>
    </div>
  );
}
