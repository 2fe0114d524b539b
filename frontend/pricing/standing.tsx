"use client";
import type { Subscription } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { planName } from "@/store/origin";

/** How it stands with the plan, in a sentence or two; what is wrong comes first, with the way out of it. */
export function Standing({ standing }: { standing: Subscription }) {
  const { t, language } = useI18n();
  const date = (moment: string | null | undefined) =>
    moment ? new Date(moment).toLocaleDateString(language, { dateStyle: "long" }) : "–";
  const plan = planName(standing.plan);
  const { status } = standing;
  return (
    <div className="grid justify-items-start gap-3">
      {standing.frozen && (
        <p role="alert" className="text-bad">
          {t("account.frozen")}
        </p>
      )}
      {status === "past_due" && (
        <p role="alert" className="text-bad">
          {t("account.pastDue", { plan, date: date(standing.grace_until) })}
        </p>
      )}
      {status === "dormant" && (
        <p role="alert" className="text-bad">
          {t("account.dormant")}
        </p>
      )}
      {status === "cancelling" && (
        <p className="font-semibold text-sun">
          {t("account.cancelling", { plan, date: date(standing.cancels_at ?? standing.period_end) })}
        </p>
      )}
      {status === "active" && <p>{t("account.renews", { date: date(standing.period_end) })}</p>}
      {status === "given" && <p>{t("account.given")}</p>}
      {status === "none" && <p>{t("account.none")}</p>}
      {standing.unpaid_invoice_url && (
        <a href={standing.unpaid_invoice_url} className="press press-blue">
          {t("account.payInvoice")}
        </a>
      )}
    </div>
  );
}
