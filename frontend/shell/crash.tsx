"use client";
import { Problem } from "@/api/problem";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";

/** What to quote: the service's own reference where there is one, and else what the browser said. */
const reference = (error: Error) =>
  (error instanceof Problem && error.written.trace_id) || `${error.name}: ${error.message}`.slice(0, 120);

/** Instead of a page that broke. */
export function Crash({ error, again }: { error: Error; again: () => void }) {
  const { t } = useI18n();
  return (
    <div role="alert" className="grid min-h-[60dvh] content-center justify-items-start gap-4">
      <h1 className="text-4xl font-bold">{t("crash.title")}</h1>
      <p className="max-w-[52ch] text-lg text-soft">{t("crash.text")}</p>
      <div className="flex flex-wrap gap-3">
        <button type="button" className="press press-blue" onClick={again}>
          {t("act.retry")}
        </button>
        <button type="button" className="press press-line" onClick={() => location.reload()}>
          {t("crash.reload")}
        </button>
      </div>
      <p className="edge-print" dir="ltr">
        {reference(error)}
      </p>
    </div>
  );
}
