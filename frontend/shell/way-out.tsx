"use client";
import { Problem } from "@/api/problem";
import type { Key } from "@/i18n/en";
import { useI18n } from "@/i18n/i18n";
import { signIn } from "@/session/session";
import { Go } from "@/ui/go";
import { toast } from "@/ui/toasts";

const LINK = "inline-flex min-h-11 items-center font-semibold text-blue underline underline-offset-4";
const WAYS: Record<string, readonly { to: string; key: Key }[]> = {
  "not-enough-credits": [
    { to: "/pricing/#packs", key: "problem.packs" },
    { to: "/pricing/", key: "problem.upgrade" },
  ],
  "plan-too-low": [{ to: "/pricing/", key: "problem.upgrade" }],
  "backlog-full": [{ to: "/library/", key: "nav.library" }],
  "account-frozen": [{ to: "/account/", key: "nav.account" }],
};

/** What can be done about a refusal, as links behind its sentence; nothing where waiting is all. */
export function WayOut({ error }: { error: unknown }) {
  const { t } = useI18n();
  const code = error instanceof Problem ? error.code : "";
  if (code === "unauthenticated")
    return (
      <button type="button" className={LINK} onClick={() => signIn().catch(() => toast(t("session.failed")))}>
        {t("nav.signIn")}
      </button>
    );
  const ways = WAYS[code] ?? [];
  if (ways.length === 0) return null;
  return (
    <span className="inline-flex flex-wrap gap-x-4">
      {ways.map(({ to, key }) => (
        <Go key={key} href={to} className={LINK}>
          {t(key)}
        </Go>
      ))}
    </span>
  );
}
