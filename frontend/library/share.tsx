"use client";
import { type FocusEvent, useEffect, useState } from "react";
import { api, ask, type Generation, type Share } from "@/api/client";
import { sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { toast } from "@/ui/toasts";

const DAYS = [7, 30, 365] as const;

/** Links to the page that shows a picture: those there are, with their end and the way to take them back, and a new one. */
export function ShareForm({ job }: { job: Generation }) {
  const { t } = useI18n();
  const [days, setDays] = useState<number>(7);
  const [prompt, setPrompt] = useState(false);
  const [busy, setBusy] = useState(false);
  const { links, error, add, drop, again } = useLinks(job.id);
  const run = async (doing: () => Promise<void>) => {
    setBusy(true);
    await doing().catch((thrown: unknown) => toast(sentence(thrown, t)));
    setBusy(false);
  };
  const make = () =>
    run(async () => {
      const body = { expires_in_days: days || null, show_prompt: prompt };
      add(await ask(api.POST("/api/v1/generations/{id}/shares", { params: { path: { id: job.id } }, body })));
    });
  const revoke = (id: string) =>
    run(async () => {
      await ask(api.DELETE("/api/v1/shares/{id}", { params: { path: { id } } }));
      drop(id);
      toast(t("share.revoked"));
    });
  return (
    <div className="grid gap-4 rounded-field bg-sunk p-3">
      {error !== null && (
        <p role="alert" className="text-sm text-bad">
          {t("share.failed")}{" "}
          <button type="button" className="min-h-11 underline" onClick={again}>
            {t("act.retry")}
          </button>
        </p>
      )}
      {links && links.length > 0 && (
        <section aria-label={t("share.live")} className="grid gap-3">
          <h3 className="edge-print">{t("share.live")}</h3>
          {links.map((it) => (
            <Live key={it.id} share={it} prompt={job.prompt} busy={busy} revoke={() => revoke(it.id)} />
          ))}
        </section>
      )}
      <div className="grid gap-3">
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
    </div>
  );
}

/** One link: what it shows and until when, to be sent, copied and taken back. */
function Live({ share, prompt, busy, revoke }: { share: Share; prompt: string; busy: boolean; revoke: () => void }) {
  const { t, language } = useI18n();
  // Where it has a preview when it is posted, if there is such a place.
  const link = share.page_url ?? `${location.origin}/shared/?t=${share.token}`;
  const date = share.expires_at && new Date(share.expires_at).toLocaleDateString(language, { dateStyle: "medium" });
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => toast(t("act.copied")),
      () => {},
    );
  // Whoever closes the system's sheet has changed their mind, and that is no failure.
  const send = () => navigator.share({ url: link, ...(share.show_prompt ? { text: prompt } : {}) }).catch(() => {});
  return (
    <div className="grid gap-2 border-b pb-3 last:border-0 last:pb-0">
      <label className="grid gap-1 text-sm">
        {t("share.link")}
        <input
          className="field font-mono text-xs"
          readOnly
          value={link}
          dir="ltr"
          onFocus={(event: FocusEvent<HTMLInputElement>) => event.target.select()}
        />
      </label>
      <p className="edge-print">
        {date ? t("share.until", { date }) : t("share.endless")} ·{" "}
        {t(share.show_prompt ? "share.shows" : "share.hides")}
      </p>
      <div className="flex flex-wrap gap-2">
        <button type="button" className="press press-line grow px-3" onClick={copy}>
          {t("act.copy")}
        </button>
        {"share" in navigator && (
          <button type="button" className="press press-line grow px-3" onClick={send}>
            {t("share.system")}
          </button>
        )}
        <button type="button" disabled={busy} className="press press-line grow px-3" onClick={revoke}>
          {t("share.revoke")}
        </button>
      </div>
    </div>
  );
}

/** The links of one job that still work. */
function useLinks(generation: string) {
  const [links, setLinks] = useState<Share[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks once
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const all: Share[] = [];
      let cursor: string | null | undefined;
      do {
        const query = { generation, ...(cursor ? { cursor } : {}) };
        const page: { items: Share[]; next_cursor?: string | null } = await ask(
          api.GET("/api/v1/shares", { params: { query } }),
        );
        all.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor);
      const now = Date.now();
      const works = (it: Share) => !it.expires_at || Date.parse(it.expires_at) > now;
      // One may have been made while these were asked for.
      if (!gone)
        setLinks((was) => [...(was ?? []).filter((it) => !all.some((one) => one.id === it.id)), ...all.filter(works)]);
    };
    load().catch((thrown: unknown) => gone || setError(thrown));
    return () => {
      gone = true;
    };
  }, [generation, tries]);
  return {
    links,
    error,
    add: (share: Share) => setLinks((was) => [share, ...(was ?? [])]),
    drop: (id: string) => setLinks((was) => was?.filter((it) => it.id !== id) ?? null),
    again: () => {
      setError(null);
      setTries((n) => n + 1);
    },
  };
}
