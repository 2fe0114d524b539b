"use client";
import { useState } from "react";
import { api, ask, type Generation, type Share } from "@/api/client";
import { sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { toast } from "@/ui/toasts";

const DAYS = [7, 30, 365] as const;

/** A link to the page that shows it, made and taken back here. */
export function ShareForm({ job }: { job: Generation }) {
  const { t } = useI18n();
  const [days, setDays] = useState<number>(7);
  const [prompt, setPrompt] = useState(false);
  const [share, setShare] = useState<Share | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async (doing: () => Promise<void>) => {
    setBusy(true);
    await doing().catch((error: unknown) => toast(sentence(error, t)));
    setBusy(false);
  };
  const make = () =>
    run(async () => {
      const body = { expires_in_days: days || null, show_prompt: prompt };
      setShare(await ask(api.POST("/api/v1/generations/{id}/shares", { params: { path: { id: job.id } }, body })));
    });
  const revoke = (id: string) =>
    run(async () => {
      await ask(api.DELETE("/api/v1/shares/{id}", { params: { path: { id } } }));
      setShare(null);
      toast(t("share.revoked"));
    });
  if (share) {
    const link = `${location.origin}/shared/?t=${share.token}`;
    return (
      <div className="grid gap-2 rounded-field bg-sunk p-3">
        <label className="grid gap-1 text-sm">
          {t("share.link")}
          <input
            className="field font-mono text-xs"
            readOnly
            value={link}
            dir="ltr"
            onFocus={(event) => event.target.select()}
          />
        </label>
        <button
          type="button"
          className="press press-blue"
          onClick={() =>
            navigator.clipboard.writeText(link).then(
              () => toast(t("act.copied")),
              () => {},
            )
          }
        >
          {t("act.copy")}
        </button>
        <button type="button" disabled={busy} className="press press-line" onClick={() => revoke(share.id)}>
          {t("share.revoke")}
        </button>
      </div>
    );
  }
  return (
    <div className="grid gap-3 rounded-field bg-sunk p-3">
      <label className="grid gap-1 text-sm">
        {t("share.days")}
        <select className="field" value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {DAYS.map((n) => (
            <option key={n} value={n}>
              {t("share.day", { n })}
            </option>
          ))}
          <option value={0}>{t("share.always")}</option>
        </select>
      </label>
      <label className="flex min-h-11 items-center gap-3 text-sm">
        <input
          type="checkbox"
          className="size-5 accent-blue"
          checked={prompt}
          onChange={(event) => setPrompt(event.target.checked)}
        />
        {t("share.prompt")}
      </label>
      <button type="button" disabled={busy} className="press press-blue" onClick={make}>
        {t("share.make")}
      </button>
    </div>
  );
}
