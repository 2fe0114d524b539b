"use client";
import { useEffect, useRef, useState } from "react";
import { api, ask, newKey, type Plan, type Subscription } from "@/api/client";
import { Problem, sentence } from "@/api/problem";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { begin, signIn, useSession } from "@/session/session";
import { useCatalog } from "@/store/catalog";
import { toast } from "@/ui/toasts";

type Ware = { plan: string } | { pack: string };

export function Pricing() {
  const { t, language } = useI18n();
  const session = useSession();
  const { catalog, error, again } = useCatalog();
  const [standing, setStanding] = useState<Subscription | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    // Whoever signed in here before sees which plan is theirs.
    if (session.status === "known") begin(true);
    if (session.status === "in") ask(api.GET("/api/v1/subscription")).then(setStanding, () => {});
  }, [session.status]);
  const keys = useRef(new Map<string, ReturnType<typeof newKey>>());
  const leave = async (ask: () => Promise<{ url: string }>) => {
    setBusy(true);
    try {
      location.assign((await ask()).url);
    } catch (error) {
      setBusy(false);
      const known = error instanceof Problem && error.code !== "invalid-request";
      toast(known ? sentence(error, t) : t("problem.unavailable"));
    }
  };
  const buy = (ware: Ware) => {
    if (session.status !== "in") return signIn("/pricing/").catch(() => toast(t("session.failed")));
    const name = JSON.stringify(ware);
    const key = keys.current.get(name) ?? newKey();
    keys.current.set(name, key);
    return leave(() => ask(api.POST("/api/v1/subscription/checkout", { body: ware, params: key })));
  };
  const manage = () =>
    leave(() => {
      sessionStorage.setItem("portal", "1");
      return ask(api.POST("/api/v1/subscription/portal", { body: {} }));
    });
  const dollars = (cents: number) =>
    new Intl.NumberFormat(language, { style: "currency", currency: "USD" }).format(cents / 100);

  return (
    <>
      <div className="grid gap-4 pt-8 pb-10">
        <h1 className="text-[clamp(2.4rem,5vw,4rem)] font-extrabold">{t("pricing.title")}</h1>
        <p className="max-w-[52ch] text-lg text-soft">{t("pricing.lead")}</p>
      </div>
      {error !== null && (
        <p role="alert" className="pb-6 text-bad">
          {sentence(error, t)}{" "}
          <button type="button" className="min-h-11 underline" onClick={again}>
            {t("act.retry")}
          </button>
        </p>
      )}
      <div className="grid border-y md:grid-cols-3 md:divide-x md:rtl:divide-x-reverse">
        {!catalog && [1, 2, 3].map((it) => <div key={it} className="skeleton m-4 h-[27rem]" />)}
        {catalog?.plans.map((plan) => (
          <section
            key={plan.id}
            aria-label={plan.name}
            className="flex flex-col gap-4 border-b px-2 py-8 last:border-b-0 md:min-h-[29rem] md:border-b-0 md:px-8 md:first:ps-0"
          >
            <h2 className="text-2xl font-bold">{plan.name}</h2>
            <p className="text-lg font-semibold">
              {plan.usd_cents_per_month === 0
                ? t("pricing.free")
                : t("pricing.month", { price: dollars(plan.usd_cents_per_month) })}
            </p>
            <Facts plan={plan} />
            <p className="text-sm text-soft">
              {t("pricing.models", {
                list: catalog.models
                  .filter(
                    (model) => catalog.plans.findIndex((it) => it.id === model.plan) <= catalog.plans.indexOf(plan),
                  )
                  .map((it) => it.name)
                  .join(", "),
              })}
            </p>
            <div className="mt-auto pt-2">
              {standing?.plan === plan.id ? (
                <p className="press border border-transparent ps-0 text-sun">{t("pricing.yours")}</p>
              ) : plan.usd_cents_per_month > 0 ? (
                <button
                  type="button"
                  disabled={busy}
                  className={`press w-full ${plan.id === "basic" ? "press-blue" : "press-line"}`}
                  onClick={() => buy({ plan: plan.id })}
                >
                  {t("pricing.choose", { plan: plan.name })}
                </button>
              ) : null}
            </div>
          </section>
        ))}
      </div>
      {standing && standing.status !== "none" && standing.status !== "given" && (
        <button type="button" disabled={busy} className="press press-line mt-6" onClick={manage}>
          {t("pricing.manage")}
        </button>
      )}
      {standing && standing.packs.length > 0 && (
        <section className="pt-14">
          <h2 className="mb-4 text-2xl font-bold">{t("pricing.packs")}</h2>
          <ul className="grid gap-px border-y sm:grid-cols-2">
            {standing.packs.map((pack) => (
              <li key={pack.id} className="flex flex-wrap items-center justify-between gap-4 py-4 sm:pe-8">
                <span>
                  <span className="block font-semibold">{t("nav.credits", { n: pack.credits })}</span>
                  <span className="text-sm text-soft">{t("pricing.packText", { n: pack.days })}</span>
                </span>
                <button
                  type="button"
                  disabled={busy}
                  className="press press-line"
                  onClick={() => buy({ pack: pack.id })}
                >
                  {t("pricing.buy", { price: dollars(pack.usd_cents) })}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Facts({ plan }: { plan: Plan }) {
  const { t } = useI18n();
  const facts = [
    plan.credits_per_month != null
      ? t("pricing.credits", { n: plan.credits_per_month })
      : t("pricing.unlimited", { n: plan.fair_use_credits ?? 0 }),
    t("pricing.images", { n: plan.images_per_job }),
    t("pricing.atWork", { n: plan.jobs_at_work }),
    t(plan.credits_per_month == null ? "pricing.keptPaid" : "pricing.kept", { n: plan.retention_days }),
    t(plan.watermark ? "pricing.watermark" : "pricing.noWatermark"),
    t("pricing.support", { how: plan.support }),
  ];
  return (
    <ul className="grid gap-2">
      {facts.map((it) => (
        <li key={it}>{it}</li>
      ))}
    </ul>
  );
}
