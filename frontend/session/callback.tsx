"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { arrive, signIn } from "./session";

let arriving: Promise<string> | undefined;

export function Callback() {
  const { t } = useI18n();
  const router = useRouter();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    // A code is good once, however often React runs this.
    arriving ??= arrive();
    arriving.then(
      (to) => {
        arriving = undefined;
        router.replace(to);
      },
      () => setFailed(true),
    );
  }, [router]);
  return (
    <div className="grid min-h-[50dvh] place-content-center gap-4 text-center">
      <h1 className="text-xl font-semibold">{t(failed ? "session.failed" : "session.restoring")}</h1>
      {failed && document.documentElement.dataset.keeps === "nothing" && (
        <p className="max-w-[48ch] text-soft">{t("session.noStorage")}</p>
      )}
      {failed && (
        <button type="button" className="press press-blue" onClick={() => signIn("/create/")}>
          {t("nav.signIn")}
        </button>
      )}
    </div>
  );
}
