"use client";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { beginning } from "@/account/preferences";
import { api, ask, newKey } from "@/api/client";
import { Problem, sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { signIn, useSession } from "@/session/session";
import { WayOut } from "@/shell/way-out";
import { useCatalog } from "@/store/catalog";
import { put } from "@/store/generations";
import { refreshMe, useMe } from "@/store/me";
import { toast } from "@/ui/toasts";
import { useCountdown } from "@/ui/use-countdown";
import { Models, More, Shapes } from "./choices";
import { blank, type Draft, keep, order, read } from "./draft";

const EXAMPLES = ["create.example1", "create.example2", "create.example3"] as const;

export function Composer({ empty }: { empty: boolean }) {
  const { t } = useI18n();
  const session = useSession();
  const me = useMe();
  const { catalog, error: unreachable, again } = useCatalog();
  const [draft, setDraft] = useState<Draft>(blank);
  const [sending, setSending] = useState(false);
  const [refusal, setRefusal] = useState<unknown>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  // One wish, one key: pressed again after a lost answer, it is the same order.
  const wish = useRef<{ body: string; key: ReturnType<typeof newKey> } | null>(null);

  useEffect(() => setDraft(read(sessionStorage, beginning(blank, localStorage))), []);
  const change = (part: Partial<Draft>) =>
    setDraft((was) => {
      const next = { ...was, ...part };
      keep(sessionStorage, next);
      return next;
    });

  const model = catalog?.models.find((it) => it.id === draft.model) ?? catalog?.models[0];
  const price = (model?.credits_per_image ?? 1) * draft.count;
  const length = [...draft.prompt].length;
  const most = model?.prompt_characters ?? 2000;
  const short = me && !me.credits.unlimited && me.credits.available < price;
  const signedIn = session.status === "in";
  // Asked to slow down: the button counts, and is there again at zero.
  const slowed = useCountdown(refusal instanceof Problem && refusal.status === 429 ? refusal.until : null);
  const ready = draft.prompt.trim() !== "" && length <= most && !sending && slowed === 0 && (!signedIn || !short);

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready) return;
    if (!signedIn) return signIn("/create/").catch(() => toast(t("session.failed")));
    setSending(true);
    setRefusal(null);
    const body = order(draft);
    const text = JSON.stringify(body);
    if (wish.current?.body !== text) wish.current = { body: text, key: newKey() };
    try {
      put([await ask(api.POST("/api/v1/generations", { body, params: wish.current.key }))]);
      wish.current = null;
      refreshMe().catch(() => {});
    } catch (error) {
      setRefusal(error);
      // The order was understood and refused: the next one is another.
      if (error instanceof Problem && error.status >= 400 && error.status < 500) wish.current = null;
    }
    setSending(false);
  };

  return (
    <form onSubmit={submit} className="grid gap-6 lg:sticky lg:top-6">
      <div>
        <div className="flex items-baseline justify-between gap-4">
          <label htmlFor="prompt" className="text-lg font-semibold">
            {t("create.prompt")}
          </label>
          <span className="edge-print" id="length">
            {t("create.left", { n: length, of: most })}
          </span>
        </div>
        <textarea
          id="prompt"
          ref={area}
          dir="auto"
          rows={4}
          aria-describedby="length keys"
          aria-invalid={length > most}
          placeholder={t("create.placeholder")}
          value={draft.prompt}
          onChange={(event) => change({ prompt: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          }}
          className="field mt-2 min-h-32 resize-y text-lg leading-snug [field-sizing:content] placeholder:text-soft"
        />
        {length > most && <p className="mt-1 text-sm text-bad">{t("create.tooLong", { n: length - most })}</p>}
        <p id="keys" className="mt-1 hidden text-xs text-soft lg:block">
          {t("create.keys")}
        </p>
        {empty && draft.prompt === "" && (
          <div className="mt-3 grid gap-2">
            <p className="text-sm text-soft">{t("create.emptyTitle")}</p>
            {EXAMPLES.map((key) => (
              <button
                key={key}
                type="button"
                className="min-h-11 rounded-field border px-3 py-2 text-start hover:border-blue"
                onClick={() => {
                  change({ prompt: t(key) });
                  area.current?.focus();
                }}
              >
                {t(key)}
              </button>
            ))}
          </div>
        )}
      </div>
      {unreachable ? (
        <p className="text-bad">
          {sentence(unreachable, t)}{" "}
          <button type="button" className="min-h-11 underline" onClick={again}>
            {t("act.retry")}
          </button>
        </p>
      ) : (
        <>
          <Models catalog={catalog} chosen={model} me={me} choose={(id) => change({ model: id })} />
          <Shapes model={model} chosen={draft.aspect_ratio} choose={(it) => change({ aspect_ratio: it })} />
          <More model={model} draft={draft} me={me} change={change} />
        </>
      )}
      <div className="grid gap-3">
        <div aria-live="polite" className="grid gap-1 empty:hidden">
          {refusal !== null && <Refusal error={refusal} />}
          {short && (
            <p className="text-bad">
              {t("create.short", { needed: price, available: me.credits.available })}{" "}
              <WayOut error={new Problem(402, { code: "not-enough-credits" }, null)} />
            </p>
          )}
        </div>
        <button type="submit" disabled={!ready} className="press press-blue min-h-13 text-lg">
          {sending
            ? t("create.sending")
            : slowed > 0
              ? t("problem.wait", { s: slowed })
              : !signedIn
                ? t("create.goSignIn")
                : me?.credits.unlimited
                  ? t("create.goFree")
                  : t("create.go", { n: price })}
        </button>
        {session.status === "out" && <p className="text-sm text-soft">{t("create.draftKept")}</p>}
      </div>
    </form>
  );
}

/** Why the order was not taken, with what can be done about it. */
function Refusal({ error }: { error: unknown }) {
  const { t } = useI18n();
  const left = useCountdown(error instanceof Problem ? error.until : null);
  return (
    <p role="alert" className="text-bad">
      {sentence(error, t)} {left > 0 && t("problem.wait", { s: left })} <WayOut error={error} />
    </p>
  );
}
