"use client";
import { lazy, Suspense, useEffect, useState } from "react";
import type { Plan } from "@/api/client";
import { sentence } from "@/api/problem";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { begin, signIn, useSession } from "@/session/session";
import { opens, useCatalog } from "@/store/catalog";
import { useMe } from "@/store/me";
import { useSubscription } from "@/store/subscription";
import { toast } from "@/ui/toasts";
import { Standing } from "./standing";
import { useLeave, type Ware } from "./use-leave";

const ChangePlan = lazy(() => import("./change-plan"));

export function Pricing() {
  const { t, language } = useI18n();
  const session = useSession();
  const me = useMe();
  const { catalog, error, again } = useCatalog();
  const { standing } = useSubscription();
  const { busy, buy, portal } = useLeave();
  const [changing, setChanging] = useState<Plan | null>(null);
  // Whoever signed in here before sees which plan is theirs.
  useEffect(() => {
    if (session.status === "known") begin(true);
  }, [session.status]);
  const packs = standing !== null && !standing.frozen && standing.packs.length > 0 && !me?.credits.unlimited;
  // Who was led here to buy credits: they are there later than the page.
  useEffect(() => {
    if (packs && location.hash === "#packs") document.getElementById("packs")?.scrollIntoView();
  }, [packs]);
  const enter = () => signIn("/pricing/").catch(() => toast(t("session.failed")));
  const wish = (ware: Ware) => (session.status === "in" ? buy(ware) : enter());
  const mine = catalog?.plans.find((it) => it.id === standing?.plan);
  // Who pays for a plan changes it; who is past due pays what is open first.
  const subscribed = standing !== null && ["active", "cancelling"].includes(standing.status);
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
                  .filter((model) => opens(catalog.plans, plan.id, model.plan))
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
                  onClick={() => (subscribed ? setChanging(plan) : wish({ plan: plan.id }))}
                >
                  {t("pricing.choose", { plan: plan.name })}
                </button>
              ) : null}
            </div>
          </section>
        ))}
      </div>
      {standing && (standing.frozen || standing.status !== "none") && (
        <div className="pt-6">
          <Standing standing={standing} />
        </div>
      )}
      {standing && standing.status !== "none" && standing.status !== "given" && (
        <button type="button" disabled={busy} className="press press-line mt-4" onClick={() => portal("/pricing/")}>
          {t("pricing.manage")}
        </button>
      )}
      {/* Not above the fold while the plans are on their way: then it would move. */}
      {catalog && (
        <dl className="mt-12 grid gap-x-10 gap-y-6 md:grid-cols-3">
          {FAIR.map((it) => (
            <div key={it}>
              <dt className="mb-1 font-semibold">{t(`pricing.${it}`)}</dt>
              <dd className="text-soft">{t(`pricing.${it}Text`)}</dd>
            </div>
          ))}
        </dl>
      )}
      {standing && packs && (
        <section id="packs" className="scroll-mt-6 pt-14">
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
                  onClick={() => wish({ pack: pack.id })}
                >
                  {t("pricing.buy", { price: dollars(pack.usd_cents) })}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {changing && mine && standing && (
        <Suspense>
          <ChangePlan
            from={mine}
            to={changing}
            standing={standing}
            me={me}
            busy={busy}
            go={() => buy({ plan: changing.id })}
            close={() => setChanging(null)}
          />
        </Suspense>
      )}
    </>
  );
}

const FAIR = ["fairHeld", "fairLeft", "fairStop"] as const;

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
