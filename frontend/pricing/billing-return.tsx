"use client";
import { useCallback, useEffect, useState } from "react";
import { api, ask, type Subscription } from "@/api/client";
import { sentence } from "@/api/problem";
import { Go } from "@/ui/go";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { Needed } from "@/session/needed";
import { refreshMe, useMe } from "@/store/me";

/** Back from the payment service: the plan is what it says there, asked for at once. */
export function BillingReturn() {
  const { t } = useI18n();
  const waiting = <p className="skeleton h-8 max-w-sm" />;
  return (
    <div className="grid gap-5 pt-12">
      <h1 className="text-4xl font-extrabold">{t("billing.title")}</h1>
      <Needed waiting={waiting}>
        <Outcome />
      </Needed>
    </div>
  );
}

/** The service may hear of a payment a little later than the browser. */
const TRIES = 4;
const PAUSE_MS = 1500;
const settled = (it: Subscription) => ["active", "cancelling", "given"].includes(it.status);

function Outcome() {
  const { t } = useI18n();
  const me = useMe();
  const [standing, setStanding] = useState<Subscription | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [asking, setAsking] = useState(true);
  const look = useCallback(async () => {
    setAsking(true);
    setError(null);
    try {
      for (let n = 1; n <= TRIES; n++) {
        const found = await ask(api.POST("/api/v1/subscription/refresh"));
        setStanding(found);
        if (settled(found)) break;
        if (n < TRIES) await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
      await refreshMe();
    } catch (error) {
      setError(error);
    }
    setAsking(false);
  }, []);
  useEffect(() => {
    look();
  }, [look]);
  const good = standing !== null && settled(standing);
  const plan = standing ? standing.plan.charAt(0).toUpperCase() + standing.plan.slice(1) : "";
  return (
    <div className="grid justify-items-start gap-5" aria-live="polite">
      <p className="text-lg">
        {error !== null
          ? sentence(error, t)
          : good
            ? t("billing.done", { plan })
            : asking
              ? t("billing.waiting")
              : t("billing.still")}
      </p>
      {me && !asking && (
        <p className="edge-print">
          {me.credits.unlimited ? t("nav.unlimited") : t("nav.credits", { n: me.credits.available })}
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        <Go href="/create/" className="press press-blue">
          {t("billing.go")}
        </Go>
        {!asking && !good && (
          <button type="button" className="press press-line" onClick={look}>
            {t("act.checkAgain")}
          </button>
        )}
      </div>
    </div>
  );
}
