"use client";
import { useCallback, useEffect, useState } from "react";
import { api, ask, type Subscription } from "@/api/client";
import { sentence } from "@/api/problem";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { Needed } from "@/session/needed";
import { refreshMe, useMe } from "@/store/me";
import { planName } from "@/store/origin";
import { Go } from "@/ui/go";
import { type Errand, forgetErrand, takeErrand } from "./errand";
import { Standing } from "./standing";

/** Back from the payment service: what was bought is there when its event is, which is asked for at once. */
export function BillingReturn() {
  const { t } = useI18n();
  return (
    <div className="grid gap-5 pt-12">
      <h1 className="text-4xl font-extrabold">{t("billing.title")}</h1>
      <Needed waiting={<p className="skeleton h-8 max-w-sm" />}>
        <Outcome />
      </Needed>
    </div>
  );
}

/** The service may hear of a payment a little later than the browser. */
const TRIES = 6;
const PAUSE_MS = 1500;

type Found = { standing: Subscription; arrived: boolean };
async function look(errand: Errand | null): Promise<Found> {
  const standing = await ask(api.POST("/api/v1/subscription/refresh"));
  if (errand?.what === "pack") {
    const { items } = await ask(api.GET("/api/v1/usage/ledger", { params: { query: { limit: "20" } } }));
    const bought = (it: (typeof items)[number]) =>
      it.kind === "grant" && it.number > errand.line && it.origin?.kind === "pack" && it.origin.id === errand.pack;
    return { standing, arrived: items.some(bought) };
  }
  if (errand?.what === "plan") return { standing, arrived: standing.plan === errand.plan };
  return { standing, arrived: ["active", "cancelling", "given"].includes(standing.status) };
}

function Outcome() {
  const { t } = useI18n();
  const me = useMe();
  const [errand] = useState(() => takeErrand(sessionStorage));
  const [found, setFound] = useState<Found | null>(null);
  const [tries, setTries] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const [asking, setAsking] = useState(true);
  const run = useCallback(async () => {
    setAsking(true);
    setError(null);
    try {
      for (let n = 1; n <= TRIES; n++) {
        setTries(n);
        const now = await look(errand);
        setFound(now);
        if (now.arrived) {
          forgetErrand(sessionStorage);
          break;
        }
        if (n < TRIES) await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
      await refreshMe();
    } catch (error) {
      setError(error);
    }
    setAsking(false);
  }, [errand]);
  useEffect(() => {
    run();
  }, [run]);
  const good = found?.arrived === true;
  const done =
    errand?.what === "pack"
      ? t("billing.pack")
      : found
        ? t("billing.done", { plan: planName(found.standing.plan) })
        : "";
  return (
    <div className="grid justify-items-start gap-6">
      <div aria-live="polite" className="grid gap-2">
        <p className={`text-2xl font-semibold ${error !== null ? "text-bad" : ""}`}>
          {error !== null ? sentence(error, t) : good ? done : asking ? t("billing.waiting") : t("billing.still")}
        </p>
        {!asking && !good && error === null && <p className="max-w-[52ch] text-soft">{t("billing.closed")}</p>}
        {me && !asking && (
          <p className="edge-print">
            {me.credits.unlimited ? t("nav.unlimited") : t("nav.credits", { n: me.credits.available })}
          </p>
        )}
      </div>
      {asking && !good && (
        <div
          role="progressbar"
          aria-label={t("billing.waiting")}
          aria-valuemin={0}
          aria-valuemax={TRIES}
          aria-valuenow={tries}
          className="h-1 w-full max-w-sm bg-sunk"
        >
          <div
            className="h-full bg-sun transition-[width] duration-500"
            style={{ width: `${(100 * tries) / TRIES}%` }}
          />
        </div>
      )}
      {found && !asking && found.standing.status !== "none" && <Standing standing={found.standing} />}
      <div className="flex flex-wrap gap-3">
        <Go href="/create/" className="press press-blue">
          {t("billing.go")}
        </Go>
        {!asking && !good && (
          <button type="button" className="press press-line" onClick={run}>
            {t("act.checkAgain")}
          </button>
        )}
        {!asking && (
          <Go href={good ? "/statement/" : "/pricing/"} className="press press-line">
            {t(good ? "nav.statement" : "nav.pricing")}
          </Go>
        )}
      </div>
    </div>
  );
}
