"use client";
import { useEffect, useRef } from "react";
import { FINAL, type Usage } from "@/api/client";
import { sentence } from "@/api/problem";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { signOut } from "@/session/session";
import { useGenerations } from "@/store/generations";
import { fromWhere } from "@/store/origin";
import { useUsage } from "@/store/usage";
import { Go } from "@/ui/go";

/** Below the credits in the header: what there is, in the order in which it burns, and what is held for which job. */
export function Balance({ close }: { close: () => void }) {
  const { t } = useI18n();
  const panel = useRef<HTMLDivElement>(null);
  const { usage, error, again } = useUsage();
  useEffect(() => panel.current?.focus(), []);
  return (
    <div
      ref={panel}
      role="dialog"
      aria-label={t("balance.title")}
      tabIndex={-1}
      className="absolute inset-x-4 z-40 mt-2 grid max-h-[75dvh] gap-4 overflow-auto rounded-xl border bg-sheet p-5 shadow-xl outline-none sm:inset-x-auto sm:end-0 sm:w-96"
    >
      {usage ? (
        <Figures usage={usage} close={close} />
      ) : error !== null ? (
        <p role="alert" className="text-bad">
          {sentence(error, t)}{" "}
          <button type="button" className="min-h-11 underline underline-offset-4" onClick={again}>
            {t("act.retry")}
          </button>
        </p>
      ) : (
        <div className="grid gap-3" aria-hidden="true">
          <div className="skeleton h-9 w-2/5" />
          <div className="skeleton h-11" />
          <div className="skeleton h-11" />
        </div>
      )}
      <div className="-mb-2 flex flex-wrap items-center justify-between gap-x-5 border-t pt-2 text-sm">
        <Go
          href="/statement/"
          onFollow={close}
          className="flex min-h-11 items-center font-semibold text-blue underline underline-offset-4"
        >
          {t("nav.statement")}
        </Go>
        <Go
          href="/account/"
          onFollow={close}
          className="flex min-h-11 items-center underline decoration-edge underline-offset-4"
        >
          {t("nav.account")}
        </Go>
        <button
          type="button"
          className="min-h-11 text-soft underline decoration-edge underline-offset-4"
          onClick={() => signOut()}
        >
          {t("nav.signOut")}
        </button>
      </div>
    </div>
  );
}

function Figures({ usage, close }: { usage: Usage; close: () => void }) {
  const { t, language } = useI18n();
  const holding = useGenerations().filter((it) => !FINAL.has(it.status) && it.credits.held > 0);
  const date = (moment: string) => new Date(moment).toLocaleDateString(language, { dateStyle: "medium" });
  const unlimited = usage.fair_use != null;
  return (
    <>
      <div>
        <p className="text-3xl font-bold tracking-tight">
          {unlimited ? t("nav.unlimited") : t("nav.credits", { n: usage.available })}
        </p>
        <p className="text-sm text-soft">{t("balance.resets", { date: date(usage.period_end) })}</p>
        {usage.available < 0 && <p className="mt-2 text-sm text-bad">{t("balance.owed", { n: -usage.available })}</p>}
        {unlimited && (
          <p className="mt-2 text-sm">
            {t("balance.drawn", { n: usage.drawn_in_period ?? 0, of: usage.fair_use ?? 0 })}
          </p>
        )}
      </div>
      {usage.held > 0 && (
        <section aria-label={t("balance.held", { n: usage.held })}>
          <h2 className="mb-1 text-sm font-semibold tracking-normal text-sun">
            {t("balance.held", { n: usage.held })}
          </h2>
          <ul className="text-sm">
            {holding.map((job) => (
              <li key={job.id}>
                <Go
                  href={`/library/?open=${job.id}`}
                  onFollow={close}
                  className="flex min-h-11 items-center justify-between gap-4 hover:text-blue"
                >
                  <span dir="auto" className="truncate underline decoration-edge underline-offset-4">
                    {job.prompt}
                  </span>
                  <span className="edge-print">{job.credits.held}</span>
                </Go>
              </li>
            ))}
          </ul>
        </section>
      )}
      {usage.grants.length > 0 && (
        <section aria-label={t(unlimited ? "balance.waiting" : "balance.order")}>
          <h2 className="mb-1 text-sm font-semibold tracking-normal">
            {t(unlimited ? "balance.waiting" : "balance.order")}
          </h2>
          <ol>
            {usage.grants.map((grant, n) => (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: two grants may be alike, and their order is what they are
                key={n}
                className="flex items-baseline justify-between gap-4 border-t py-2 first:border-t-0"
              >
                <span>
                  <span className="block first-letter:uppercase">{fromWhere(grant.origin, t)}</span>
                  <span className="block text-sm text-soft">
                    {grant.expires_at ? t("balance.until", { date: date(grant.expires_at) }) : t("balance.forever")}
                    {grant.held > 0 && ` · ${t("nav.held", { n: grant.held })}`}
                  </span>
                </span>
                <span className="font-mono text-sm">{new Intl.NumberFormat(language).format(grant.remaining)}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}
