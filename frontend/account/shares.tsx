"use client";
import { useCallback, useEffect, useState } from "react";
import { api, ask, type Share } from "@/api/client";
import { sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { put, useGeneration } from "@/store/generations";
import { Go } from "@/ui/go";
import { Picture } from "@/ui/picture";
import { toast } from "@/ui/toasts";

type Loaded = { shares: readonly Share[]; cursor: string | null; begun: boolean };

/** Every link that shows a picture to others, and the way to take each back. */
export function Shares() {
  const { t } = useI18n();
  const [{ shares, cursor, begun }, setLoaded] = useState<Loaded>({ shares: [], cursor: null, begun: false });
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = useCallback(async (from: string | null) => {
    setBusy("list");
    setError(null);
    try {
      const page = await ask(api.GET("/api/v1/shares", { params: { query: from ? { cursor: from } : {} } }));
      setLoaded((was) => ({
        shares: [...was.shares.filter((it) => !page.items.some((new_) => new_.id === it.id)), ...page.items],
        cursor: page.next_cursor ?? null,
        begun: true,
      }));
    } catch (error) {
      setError(error);
    }
    setBusy(null);
  }, []);
  useEffect(() => {
    load(null);
  }, [load]);
  const revoke = async (share: Share) => {
    setBusy(share.id);
    try {
      await ask(api.DELETE("/api/v1/shares/{id}", { params: { path: { id: share.id } } }));
      setLoaded((was) => ({ ...was, shares: was.shares.filter((it) => it.id !== share.id) }));
      toast(t("share.revoked"));
    } catch (error) {
      toast(sentence(error, t));
    }
    setBusy(null);
  };
  return (
    <>
      {!begun && error === null && <div className="skeleton h-16" />}
      {error !== null && (
        <p role="alert" className="text-bad">
          {sentence(error, t)}{" "}
          <button type="button" className="min-h-11 underline underline-offset-4" onClick={() => load(cursor)}>
            {t("act.retry")}
          </button>
        </p>
      )}
      {begun && shares.length === 0 && <p className="text-soft">{t("account.noShares")}</p>}
      {shares.length > 0 && (
        <ul>
          {shares.map((it) => (
            <Row key={it.id} share={it} busy={busy === it.id} revoke={() => revoke(it)} />
          ))}
        </ul>
      )}
      {begun && cursor && (
        <button
          type="button"
          disabled={busy === "list"}
          className="press press-line justify-self-start"
          onClick={() => load(cursor)}
        >
          {t("statement.more")}
        </button>
      )}
    </>
  );
}

function Row({ share, busy, revoke }: { share: Share; busy: boolean; revoke: () => void }) {
  const { t, language } = useI18n();
  const job = useGeneration(share.generation_id);
  useEffect(() => {
    if (job) return;
    const params = { path: { id: share.generation_id } };
    ask(api.GET("/api/v1/generations/{id}", { params })).then(
      (it) => put([it]),
      // Gone: the link is a dead one, and can be taken back all the same.
      () => {},
    );
  }, [job, share.generation_id]);
  const image = job?.images.find((it) => it.status === "delivered");
  const date = (moment: string) => new Date(moment).toLocaleDateString(language, { dateStyle: "medium" });
  const over = share.expires_at != null && Date.parse(share.expires_at) < Date.now();
  const name = job?.prompt ?? share.generation_id;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t py-3 first:border-t-0 first:pt-0">
      <Go
        href={`/library/?open=${share.generation_id}`}
        className="flex min-h-11 min-w-0 grow basis-56 items-center gap-3"
      >
        {image ? (
          <Picture image={image} alt="" size="thumbnail" className="size-11 shrink-0 rounded-tile object-cover" />
        ) : (
          <span className="size-11 shrink-0 rounded-tile bg-sunk" />
        )}
        <span className="min-w-0">
          <span dir="auto" className="block truncate underline decoration-edge underline-offset-4">
            {name}
          </span>
          <span className="block text-sm text-soft">
            {over
              ? t("account.shareOver")
              : share.expires_at
                ? t("balance.until", { date: date(share.expires_at) })
                : t("account.shareAlways")}
            {share.show_prompt && ` · ${t("account.sharePrompt")}`}
          </span>
        </span>
      </Go>
      <button
        type="button"
        disabled={busy}
        className="press press-line"
        aria-label={`${t("share.revoke")}: ${name}`}
        onClick={revoke}
      >
        {t("share.revoke")}
      </button>
    </li>
  );
}
