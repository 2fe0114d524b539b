"use client";
import type { ReactNode } from "react";
import { useI18n } from "@/i18n/i18n";
import { toast } from "@/ui/toasts";
import { signIn, useSession } from "./session";

/** `children` for whoever is signed in, `waiting` until that is known, the way in for everybody else. */
export function Needed({ children, waiting }: { children: ReactNode; waiting: ReactNode }) {
  const { t } = useI18n();
  const { status } = useSession();
  if (status === "in") return children;
  if (status !== "out") return waiting;
  return (
    <div className="grid min-h-[40dvh] place-content-center justify-items-center gap-4">
      <p className="text-lg">{t("session.needed")}</p>
      <button
        type="button"
        className="press press-blue"
        onClick={() => signIn().catch(() => toast(t("session.failed")))}
      >
        {t("nav.signIn")}
      </button>
    </div>
  );
}
