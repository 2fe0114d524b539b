import { useRouter } from "next/navigation";
import { type FormEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { beginning } from "@/account/preferences";
import { api, ask, type Model } from "@/api/client";
import { Problem, sentence } from "@/api/problem";
import { type Translate, useI18n } from "@/i18n/i18n";
import { signIn, useSession } from "@/session/session";
import { opens, useCatalog } from "@/store/catalog";
import { put } from "@/store/generations";
import { refreshMe, useMe } from "@/store/me";
import type { Start } from "@/store/sources";
import { toast } from "@/ui/toasts";
import { blankOf, type Draft, keep, type Mode, order, PAGES, read } from "./draft";
import { remember } from "./history";
import { ASK_FROM, combinations } from "./matrix";
import { chosenModel, rememberModel } from "./model-choice";
import * as pending from "./pending";
import { begin, markWrong, useTray } from "./tray";
import { useQuote } from "./use-quote";
import { leftOf, sendAll, type Wish, wishesFor } from "./wishes";

/** `until`: when asking again makes sense, in ms of this clock. */
export type Outcome = { error: unknown; made: number; left: number; until: number | null };

/** Why something cannot be ordered as it is; `code` where money is the way out. */
type Obstacle = { text: string; code?: "plan-too-low" | "not-enough-credits" };

/** Everything that the composer knows and does; how it looks is elsewhere. */
export function useComposer(mode: Mode, area: RefObject<HTMLTextAreaElement | null>) {
  const { t } = useI18n();
  const router = useRouter();
  const session = useSession();
  const me = useMe();
  const { catalog, error: unreachable, again } = useCatalog();
  const [draft, setDraft] = useState<Draft>(() => blankOf(mode));
  const [sending, setSending] = useState<{ done: number; of: number } | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [asking, setAsking] = useState(false);
  const wishes = useRef<Wish[]>([]);
  const tray = useTray();
  const signedIn = session.status === "in";

  // Before it is painted, so that nothing makes room for what is in the draft.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page
  useLayoutEffect(() => {
    const base = blankOf(mode);
    const wished = beginning(base, localStorage);
    const kept = read(sessionStorage, mode, {
      ...wished,
      // What was set for good comes before what was chosen last.
      model: wished.model !== base.model ? wished.model : (chosenModel(localStorage, mode) ?? base.model),
      // A picture brings its own shape.
      aspect_ratio: mode === "words" ? wished.aspect_ratio : base.aspect_ratio,
    });
    // Who writes before the page is awake has written all the same.
    const early = area.current?.value;
    if (early) change({ ...kept, prompt: early });
    else setDraft(kept);
  }, [mode]);
  useEffect(() => begin(signedIn), [signedIn]);
  const change = (part: Partial<Draft> | ((was: Draft) => Partial<Draft>)) => {
    setOutcome(null);
    setDraft((was) => {
      const next = { ...was, ...(typeof part === "function" ? part(was) : part) };
      try {
        keep(sessionStorage, next, mode);
      } catch {
        // Then it lasts as long as the page.
      }
      return next;
    });
  };

  /** Remembered for this mode, because somebody chose it. */
  const choose = (id: string) => {
    rememberModel(localStorage, mode, id);
    change({ model: id });
  };
  const models = catalog?.models.filter((it) => mode === "words" || it.input_images > 0) ?? [];
  const isOpen = (it: Model) => catalog !== null && opens(catalog.plans, me?.plan ?? "free", it.plan);
  const model = models.find((it) => it.id === draft.model) ?? models.find(isOpen) ?? models[0];
  const starts = tray.flatMap((it): Start[] => (it.state === "ready" ? [it.start] : []));
  const used = mode === "picture" ? starts : [];
  const { total, prompts } = combinations(draft.prompt);
  const body = order(draft, model, used);
  const available = me?.credits.unlimited ? undefined : me?.credits.available;
  const { quote, refusal } = useQuote(body, signedIn && model !== undefined, available);
  const bodies = prompts.map((prompt) => ({ ...body, prompt }));
  // After a stop, what was made is not asked for again.
  const open = leftOf(bodies, wishes.current).map((it) => it.prompt);
  const price = (quote?.credits ?? (model?.credits_per_image ?? 1) * draft.count) * Math.max(1, open.length);
  const longest = Math.max(...(prompts.length > 0 ? prompts : [draft.prompt]).map((it) => [...it].length));
  const most = model?.prompt_characters ?? 2000;

  const plan = (test: (plan: NonNullable<typeof catalog>["plans"][number]) => boolean) =>
    catalog?.plans.find(test)?.name ?? "";
  /** Why it cannot be ordered as it is, before anything is sent; `null` when nothing speaks against it. */
  const obstacle = (): Obstacle | null => {
    if (total > 1 && prompts.length === 0) return { text: t("create.tooMany", { n: total }) };
    if (mode === "picture" && signedIn) {
      if (tray.some((it) => it.state === "wrong")) return { text: t("input.mend") };
      if (tray.some((it) => it.state !== "ready")) return { text: t("input.wait") };
      if (tray.length === 0) return { text: t("input.needed") };
    }
    if (!signedIn || !me || !model) return null;
    if (!isOpen(model))
      return {
        text: t("create.opens", { model: model.name, plan: plan((it) => it.id === model.plan) }),
        code: "plan-too-low",
      };
    if (draft.count > me.limits.images_per_job)
      return {
        text: t("create.countOpens", { n: draft.count, plan: plan((it) => it.images_per_job >= draft.count) }),
        code: "plan-too-low",
      };
    const there = quote?.available ?? available;
    if (there !== undefined && there !== null && there < price)
      return { text: t("create.short", { needed: price, available: there }), code: "not-enough-credits" };
    // Beyond what is checked here, the service has the last word.
    if (refusal?.code === "plan-too-low") return { text: t("problem.plan"), code: "plan-too-low" };
    return null;
  };
  const problem = obstacle();
  const written = draft.prompt.trim() !== "" && longest <= most;
  // Signing in needs no words where a picture was chosen: both are kept on the way.
  const begun = written || (!signedIn && mode === "picture" && tray.length > 0);
  // One that is still being read would not survive the way to the issuer.
  const reading = mode === "picture" && tray.some((it) => it.state === "reading");
  const ready = !sending && !reading && begun && (!problem || !signedIn) && model !== undefined;

  const latest = useRef(tray);
  latest.current = tray;
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  // What the service says of one picture is said beside that picture, and once.
  useEffect(() => {
    const told = refusal ?? (outcome?.error instanceof Problem ? outcome.error : null);
    const sent = latest.current.filter((it) => it.state === "ready");
    for (const { pointer } of told?.written.errors ?? []) {
      const item = sent[Number(/^#\/inputs\/(\d+)/.exec(pointer)?.[1] ?? -1)];
      const category = told?.written.category;
      if (item)
        markWrong(item.key, category ? { code: "blocked", category, again: false } : { code: "gone", again: false });
    }
  }, [refusal, outcome]);

  const send = async () => {
    if (!model || sending) return;
    setAsking(false);
    setOutcome(null);
    wishes.current = wishesFor(bodies, wishes.current);
    // Remembered whatever comes of it, as shells do.
    if (session.status === "in") remember(localStorage, session.person.id, { prompt: draft.prompt, at: Date.now() });
    const of = wishes.current.length;
    const size = model.sizes.find((it) => it.aspect_ratio === body.aspect_ratio) ?? { width: 1024, height: 1024 };
    setSending({ done: 0, of });
    const result = await sendAll(wishes.current, async (wish) => {
      const key = wish.key.header["Idempotency-Key"];
      pending.begin({ ...size, key, prompt: wish.body.prompt.trim(), count: draft.count });
      try {
        put([await ask(api.POST("/api/v1/generations", { body: wish.body, params: wish.key }))]);
      } finally {
        pending.end(key);
      }
      setSending((was) => was && { ...was, done: was.done + 1 });
    });
    if (result.made > 0) refreshMe().catch(() => {});
    // For one order alone; but meanwhile there may be another number.
    if (result.left === 0 && !draft.seed_locked && draft.seed !== null)
      change((was) => (was.seed === draft.seed && !was.seed_locked ? { seed: null } : {}));
    // Whoever went to another page meanwhile is told there.
    if (result.error && !alive.current) toast(stopped(result.error, result.made, of, t));
    const after = result.error instanceof Problem ? result.error.retryAfter : null;
    const until = after ? Date.now() + after * 1000 : null;
    setOutcome(result.error ? { error: result.error, made: result.made, left: result.left, until } : null);
    setSending(null);
  };

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready || (outcome?.until && Date.now() < outcome.until)) return;
    if (!signedIn) return signIn(PAGES[mode]).catch(() => toast(t("session.failed")));
    if (open.length >= ASK_FROM && !asking) return setAsking(true);
    await send();
  };
  return {
    draft,
    change,
    choose,
    catalog,
    unreachable,
    again,
    me,
    models,
    model,
    isOpen,
    price,
    /** `open`: what is still to be ordered. */
    orders: { total, open },
    longest,
    most,
    problem,
    ready,
    sending,
    outcome,
    asking,
    stopAsking: () => setAsking(false),
    submit,
    send,
    session,
    signedIn,
    tray,
    go: (to: string) => router.push(to),
  };
}
/** Why it stopped, and how many of several orders were made before. */
export const stopped = (error: unknown, made: number, of: number, t: Translate) =>
  [of > 1 ? t("create.made", { n: made, of }) : "", sentence(error, t)].filter(Boolean).join(" ");

export type Composing = ReturnType<typeof useComposer>;
