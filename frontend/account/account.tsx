"use client";
import type { ReactNode } from "react";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { Needed } from "@/session/needed";
import { signOut, useSession } from "@/session/session";
import { useMe } from "@/store/me";
import { Look } from "./look";
import { Orders } from "./orders";
import { Plan } from "./plan";
import { Shares } from "./shares";
import { Told } from "./told";

/** Who somebody is here, what they pay, and how they like it. What comes later (keys, export) is one more section. */
export function Account() {
  const { t } = useI18n();
  const waiting = (
    <div className="grid gap-3" aria-hidden="true">
      {[1, 2, 3].map((it) => (
        <div key={it} className="skeleton h-32" />
      ))}
    </div>
  );
  return (
    <div className="grid gap-8 pt-8">
      <h1 className="text-[clamp(2.2rem,4.5vw,3.4rem)] font-extrabold">{t("account.title")}</h1>
      <Needed waiting={waiting}>
        <div>
          <Section title={t("account.who")}>
            <Who />
          </Section>
          <Section title={t("account.plan")}>
            <Plan />
          </Section>
          <Section title={t("account.look")}>
            <Look />
          </Section>
          <Section title={t("account.orders")}>
            <Orders />
          </Section>
          <Section title={t("account.told")}>
            <Told />
          </Section>
          <Section title={t("account.shares")}>
            <Shares />
          </Section>
        </div>
        <p className="text-sm text-soft">{t("account.kept")}</p>
      </Needed>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-x-12 gap-y-4 border-t py-8 md:grid-cols-[15rem_minmax(0,1fr)]">
      <h2 className="text-xl font-bold">{title}</h2>
      <div className="grid min-w-0 max-w-2xl content-start gap-5">{children}</div>
    </section>
  );
}

function Who() {
  const { t } = useI18n();
  const session = useSession();
  const me = useMe();
  if (session.status !== "in") return null;
  const name = me?.name || session.person.name;
  const email = me?.email || session.person.email;
  return (
    <>
      <div>
        <p className="text-lg font-semibold">{name || email}</p>
        {name && email && (
          <p className="text-soft">
            <bdi dir="ltr">{email}</bdi>
          </p>
        )}
      </div>
      <button type="button" className="press press-line justify-self-start" onClick={() => signOut()}>
        {t("account.signOut")}
      </button>
    </>
  );
}
