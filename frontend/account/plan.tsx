"use client";
import { useSearchParams } from "next/navigation";
import { Suspense, useEffect } from "react";
import { sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { Standing } from "@/pricing/standing";
import { useLeave } from "@/pricing/use-leave";
import { refreshMe, useMe } from "@/store/me";
import { planName } from "@/store/origin";
import { useSubscription } from "@/store/subscription";
import { Go } from "@/ui/go";

/** The plan and its payment. */
export function Plan() {
  return (
    <Suspense fallback={<div className="skeleton h-24" />}>
      <Paid />
    </Suspense>
  );
}

function Paid() {
  const { t } = useI18n();
  const me = useMe();
  // Back from the payment service: it is asked at once, not when its news arrive.
  const returned = useSearchParams().has("returned");
  const { standing, error, again } = useSubscription(returned);
  const { busy, portal } = useLeave();
  useEffect(() => {
    if (standing && returned) refreshMe().catch(() => {});
  }, [standing, returned]);
  if (error !== null)
    return (
      <p role="alert" className="text-bad">
        {sentence(error, t)}{" "}
        <button type="button" className="min-h-11 underline underline-offset-4" onClick={again}>
          {t("act.retry")}
        </button>
      </p>
    );
  if (!standing) return <div className="skeleton h-24" />;
  const paying = !["none", "given"].includes(standing.status);
  return (
    <>
      <div>
        <p className="text-lg font-semibold">{planName(standing.plan)}</p>
        {me && (
          <p className="text-soft">
            {me.credits.unlimited ? t("nav.unlimited") : t("nav.credits", { n: me.credits.available })}
            {" · "}
            <Go href="/statement/" className="underline underline-offset-4">
              {t("nav.statement")}
            </Go>
          </p>
        )}
      </div>
      <Standing standing={standing} />
      <div className="flex flex-wrap gap-3">
        <Go href="/pricing/" className="press press-line">
          {t(paying ? "account.change" : "problem.upgrade")}
        </Go>
        {paying && (
          <>
            <button type="button" disabled={busy} className="press press-line" onClick={() => portal("/account/")}>
              {t("account.manage")}
            </button>
            {standing.status === "cancelling" ? (
              <button type="button" disabled={busy} className="press press-blue" onClick={() => portal("/account/")}>
                {t("account.resume")}
              </button>
            ) : (
              <button
                type="button"
                disabled={busy}
                className="press press-line"
                onClick={() => portal("/account/", standing.status === "active" ? "cancel" : "payment_method")}
              >
                {t(standing.status === "active" ? "account.cancel" : "account.card")}
              </button>
            )}
          </>
        )}
      </div>
      {standing.status === "active" && <p className="text-sm text-soft">{t("account.cancelText")}</p>}
    </>
  );
}
