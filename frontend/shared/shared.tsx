"use client";
import { useEffect, useState } from "react";
import { api, ask, type Shared } from "@/api/client";
import { Problem, sentence } from "@/api/problem";
import { Go } from "@/ui/go";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";

/** What a link shows to anybody. */
export function SharedPage() {
  const { t } = useI18n();
  const [shared, setShared] = useState<Shared | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const token = new URLSearchParams(location.search).get("t") ?? "";
    const call = token
      ? ask(api.GET("/api/v1/shared/{token}", { params: { path: { token } } }))
      : Promise.reject(new Problem(404, { code: "not-found" }, null));
    call.then(setShared, setError);
  }, []);
  if (error !== null) {
    const status = error instanceof Problem ? error.status : 0;
    return (
      <div className="grid min-h-[50dvh] place-content-center justify-items-center gap-4 text-center">
        <h1 className="text-2xl font-semibold">
          {status === 410
            ? t("shared.gone")
            : status === 404 || status === 422
              ? t("shared.unknown")
              : sentence(error, t)}
        </h1>
        <Go href="/" className="press press-line">
          {t("missing.home")}
        </Go>
      </div>
    );
  }
  return (
    <div className="mx-auto grid max-w-4xl gap-6 pt-6">
      <h1 className="sr-only">{t("shared.title")}</h1>
      {!shared && <div className="skeleton mx-auto aspect-square w-full max-w-2xl" />}
      {shared?.images.map((it) => (
        <img
          key={it.url}
          src={it.url}
          width={it.width}
          height={it.height}
          alt={shared.prompt ?? t("shared.title")}
          className="printed mx-auto max-h-[80dvh] w-auto rounded-tile bg-cover"
          style={{ backgroundImage: `url("${it.placeholder}")` }}
        />
      ))}
      {shared && (
        <div className="flex flex-wrap items-center justify-between gap-4">
          <div>
            {shared.prompt && (
              <p dir="auto" className="text-xl">
                {shared.prompt}
              </p>
            )}
            <p className="edge-print">{t("shared.label", { model: shared.model })}</p>
          </div>
          <Go href="/create/" className="press press-blue">
            {t("shared.make")}
          </Go>
        </div>
      )}
    </div>
  );
}
