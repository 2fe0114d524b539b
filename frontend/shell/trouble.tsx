"use client";
import "@/i18n/en-rest";
import { useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { signIn } from "@/session/session";
import type { Maintenance } from "@/session/settings";
import { textOf } from "@/store/maintenance";
import { probe } from "@/store/reach";
import { toast } from "@/ui/toasts";
import { useCountdown } from "@/ui/use-countdown";

export type Kind =
  | { what: "soon"; it: Maintenance }
  | { what: "ended" }
  | { what: "down"; next: number }
  | { what: "provider"; names: readonly string[]; waiting: number };

const PRESS = "min-h-11 font-semibold underline underline-offset-4";
/** As the companies write themselves. */
const NAMES: Record<string, string> = {
  replicate: "Replicate",
  foundry: "Azure AI Foundry",
  bfl: "Black Forest Labs",
  cog: "Cog",
};

/** One line above the page for what is wrong with the service, and what somebody can do about it. */
export function Trouble({ kind }: { kind: Kind }) {
  switch (kind.what) {
    case "soon":
      return <Soon it={kind.it} />;
    case "ended":
      return <Ended />;
    case "down":
      return <DownAgain next={kind.next} />;
    case "provider":
      return <Provider names={kind.names} waiting={kind.waiting} />;
  }
}

function Soon({ it }: { it: Maintenance }) {
  const { t, language } = useI18n();
  const at = it.from ? new Date(it.from).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }) : "–";
  return (
    <>
      {t("outage.soon", { at })} {textOf(it, language)}
    </>
  );
}

function Ended() {
  const { t } = useI18n();
  return (
    <>
      {t("outage.ended")}{" "}
      <button type="button" className={PRESS} onClick={() => signIn().catch(() => toast(t("session.failed")))}>
        {t("nav.signIn")}
      </button>
    </>
  );
}

function DownAgain({ next }: { next: number }) {
  const { t } = useI18n();
  const left = useCountdown(next);
  const [asking, setAsking] = useState(false);
  return (
    <>
      {t("outage.down")} <span aria-hidden="true">{left > 0 && t("outage.again", { s: left })}</span>{" "}
      <button
        type="button"
        disabled={asking}
        className={PRESS}
        onClick={() => {
          setAsking(true);
          probe().finally(() => setAsking(false));
        }}
      >
        {t("outage.ask")}
      </button>
    </>
  );
}

function Provider({ names, waiting }: { names: readonly string[]; waiting: number }) {
  const { t, language } = useI18n();
  const list = new Intl.ListFormat(language).format(names.map((it) => NAMES[it] ?? it));
  return t("outage.provider", { names: list, n: waiting });
}
