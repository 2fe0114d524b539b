"use client";
import { useEffect, useState } from "react";
import { Problem } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { isStale, reloadOnce } from "./stale";

/** What to quote: the service's own reference where there is one, and else what the browser said. */
export const reference = (error: Error & { digest?: string }) =>
  (error instanceof Problem && error.written.trace_id) ||
  error.digest ||
  `${error.name}: ${error.message}`.slice(0, 120);

/** Instead of a page that broke. Header and drafts are not part of it, and stay. */
export function Crash({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const { t } = useI18n();
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    if (isStale(error) && reloadOnce()) setLeaving(true);
  }, [error]);
  if (leaving) return <p className="py-24 text-center text-soft">{t("crash.newer")}</p>;
  return (
    <div role="alert" className="grid min-h-[60dvh] content-center justify-items-start gap-4">
      <h1 className="text-4xl font-bold">{t("crash.title")}</h1>
      <p className="max-w-[52ch] text-lg text-soft">{t("crash.text")}</p>
      <div className="flex flex-wrap gap-3">
        <button type="button" className="press press-blue" onClick={reset}>
          {t("crash.again")}
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
