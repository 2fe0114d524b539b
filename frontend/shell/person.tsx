"use client";
import { useI18n } from "@/i18n/i18n";
import { signOut } from "@/session/session";
import { useMe } from "@/store/me";

/** Who is signed in, and what they have. */
export function Person({ name }: { name: string }) {
  const { t } = useI18n();
  const me = useMe();
  const credits = me?.credits;
  return (
    <>
      <span className="edge-print text-end leading-tight">
        {credits && (credits.unlimited ? t("nav.unlimited") : t("nav.credits", { n: credits.available }))}
        {credits && credits.held > 0 && <span className="block text-sun">{t("nav.held", { n: credits.held })}</span>}
      </span>
      <span className="hidden max-w-40 truncate text-sm md:inline">{name}</span>
      <button
        type="button"
        className="min-h-11 text-sm text-soft underline-offset-4 hover:underline"
        onClick={() => signOut()}
      >
        {t("nav.signOut")}
      </button>
    </>
  );
}
