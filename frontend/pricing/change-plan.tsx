"use client";
import type { Me, Plan, Subscription } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { Modal } from "@/ui/modal";
import { dueNow } from "./proration";

/** What a change of plan costs and does, said before anybody leaves for the payment page. */
export default function ChangePlan({
  from,
  to,
  standing,
  me,
  busy,
  go,
  close,
}: {
  from: Plan;
  to: Plan;
  standing: Subscription;
  me: Me | null;
  busy: boolean;
  go: () => void;
  close: () => void;
}) {
  const { t, language } = useI18n();
  const dollars = (cents: number) =>
    new Intl.NumberFormat(language, { style: "currency", currency: "USD" }).format(cents / 100);
  const end = standing.period_end
    ? new Date(standing.period_end).toLocaleDateString(language, { dateStyle: "long" })
    : "–";
  const up = to.usd_cents_per_month > from.usd_cents_per_month;
  const due = dueNow(standing, from, to, Date.now());
  const price = dollars(to.usd_cents_per_month);
  const points = up
    ? [
        due === null ? t("change.upSome") : t("change.upNow", { price: dollars(due), date: end }),
        t("change.then", { price, date: end }),
        to.credits_per_month == null
          ? t("change.toUnlimited", { n: me?.credits.available ?? 0 })
          : t("change.toMonthly", { n: to.credits_per_month }),
      ]
    : [
        t("change.downLater", { plan: from.name, date: end }),
        t("change.then", { price, date: end }),
        t("change.downCredits", { n: to.credits_per_month ?? 0, date: end }),
      ];
  return (
    <Modal title={t("change.title", { from: from.name, to: to.name })} close={close}>
      <div className="grid gap-5 p-5">
        <ul className="grid gap-3">
          {points.map((it) => (
            <li key={it} className="border-s-2 border-edge ps-3">
              {it}
            </li>
          ))}
        </ul>
        <p className="text-sm text-soft">{t("change.exact")}</p>
        <div className="grid gap-2">
          <button type="button" disabled={busy} className="press press-blue" onClick={go}>
            {t("change.go")}
          </button>
          <button type="button" className="press press-line" onClick={close}>
            {t("change.stay", { plan: from.name })}
          </button>
        </div>
      </div>
    </Modal>
  );
}
