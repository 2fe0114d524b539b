"use client";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Problem, sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { WayOut } from "@/shell/way-out";
import { Chevron } from "@/ui/icons";
import { useCountdown } from "@/ui/use-countdown";
import { BringAlong } from "./bring-along";
import { Models, Shapes, Strength } from "./choices";
import type { Mode } from "./draft";
import { Examples } from "./examples";
import { Inputs } from "./inputs";
import { More } from "./more";
import { PresetBar } from "./preset-bar";
import { PromptBox } from "./prompt-box";
import { Refusal } from "./refusal";
import { type Composing, useComposer } from "./use-composer";
import { useFoot } from "./use-foot";

const AskFirst = lazy(() => import("./ask-first").then((it) => ({ default: it.AskFirst })));

/**
 * One form for both modes. On narrow screens it stays at the bottom, where the thumb is: words and button, the rest
 * behind one press.
 */
export function Composer({
  mode,
  empty,
  offered,
}: {
  mode: Mode;
  empty: boolean;
  /** An example that was chosen elsewhere on the page. */
  offered: { prompt: string } | null;
}) {
  const { t } = useI18n();
  const area = useRef<HTMLTextAreaElement>(null);
  const composing = useComposer(mode, area);
  const { draft, change, model, unreachable, again, asking, submit, signedIn } = composing;
  const [spread, setSpread] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useFoot(form);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each offer is taken once
  useEffect(() => {
    if (!offered) return;
    change({ prompt: offered.prompt });
    area.current?.focus();
  }, [offered]);
  return (
    <form
      ref={form}
      onSubmit={submit}
      className="flex flex-col gap-3 max-lg:sticky max-lg:bottom-0 max-lg:z-20 max-lg:order-last max-lg:-mx-4 max-lg:max-h-[calc(100dvh-9.5rem)] max-lg:border-t max-lg:bg-paper max-lg:px-4 max-lg:pt-3 max-lg:shadow-[0_-8px_24px_-12px_rgb(0_0_0/0.35)] sm:max-lg:-mx-8 sm:max-lg:px-8 lg:max-h-[calc(100dvh-6.5rem)]"
    >
      {/* What scrolls is beside the button and never under it. */}
      <div className="relative -m-1 grid min-h-0 gap-3 overflow-y-auto p-1 [scrollbar-width:thin] lg:gap-6">
        {mode === "picture" ? <Inputs model={model} signedIn={signedIn} /> : <BringAlong prompt={draft.prompt} />}
        <div>
          <PromptBox composing={composing} mode={mode} area={area} />
          {mode === "words" && empty && draft.prompt === "" && (
            <div className="mt-3 max-lg:hidden">
              <Examples
                choose={(prompt) => {
                  change({ prompt });
                  area.current?.focus();
                }}
              />
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
            <button
              type="button"
              aria-expanded={spread}
              aria-controls="choices"
              className="flex min-h-11 items-center gap-2 rounded-field px-1 text-start text-sm lg:hidden"
              onClick={() => setSpread(!spread)}
            >
              <Chevron className={`size-5 shrink-0 motion-safe:transition-transform ${spread ? "rotate-180" : ""}`} />
              <span className="font-semibold">{t(spread ? "create.fewer" : "create.choices")}</span>
              <Summary composing={composing} mode={mode} />
            </button>
            <div id="choices" className={`grid gap-6 ${spread ? "" : "max-lg:hidden"}`}>
              <PresetBar composing={composing} mode={mode} />
              <Models composing={composing} />
              {mode === "picture" && model?.strength && (
                <Strength value={draft.strength} choose={(strength) => change({ strength })} />
              )}
              <Shapes
                model={model}
                chosen={draft.aspect_ratio}
                asPicture={mode === "picture"}
                choose={(it) => change({ aspect_ratio: it })}
              />
              <More composing={composing} />
            </div>
          </>
        )}
      </div>
      <Order composing={composing} />
      {asking && (
        <Suspense>
          <AskFirst composing={composing} />
        </Suspense>
      )}
    </form>
  );
}

/** What is chosen, in one line, while the choices are folded away. */
function Summary({ composing: { draft, model }, mode }: { composing: Composing; mode: Mode }) {
  const { t } = useI18n();
  // Before it is known there is nothing to say, so nothing moves when it is.
  if (!model) return null;
  const shape = mode === "picture" && draft.aspect_ratio === "" ? t("create.asPicture") : draft.aspect_ratio;
  return (
    <span className="edge-print ms-auto truncate">
      {model.name} · {shape}
      {draft.count > 1 ? ` · ×${draft.count}` : ""}
    </span>
  );
}

/** The button with its price, and what speaks against pressing it. */
function Order({ composing }: { composing: Composing }) {
  const { t } = useI18n();
  const { problem, outcome, ready, sending, signedIn, me, price, session, orders } = composing;
  const wait = useCountdown(outcome?.until ?? null);
  const label = () => {
    if (wait > 0) return t("problem.wait", { s: wait });
    if (sending)
      return sending.of > 1 ? t("create.sendingOf", { n: sending.done + 1, of: sending.of }) : t("create.sending");
    if (!signedIn) return t("create.goSignIn");
    if (orders.open.length > 0 && orders.open.length < orders.total)
      return t("create.goLeft", { n: orders.open.length });
    return me?.credits.unlimited ? t("create.goFree") : t("create.go", { n: price });
  };
  return (
    <div className="grid shrink-0 gap-3 max-lg:pb-[max(0.75rem,env(safe-area-inset-bottom))]">
      <div aria-live="polite" className="grid gap-1 empty:hidden">
        {outcome && <Refusal outcome={outcome} />}
        {problem && !outcome && (
          <p className={problem.code ? "text-bad" : "text-soft"}>
            {problem.text} {problem.code && <WayOut error={new Problem(402, { code: problem.code }, null)} />}
          </p>
        )}
      </div>
      <button type="submit" disabled={!ready || wait > 0} className="press press-blue min-h-13 text-lg">
        {label()}
      </button>
      {/* Its line is there before it is known whether it has anything to say. */}
      {!signedIn && <p className="min-h-6 text-sm text-soft">{session.status === "out" && t("create.draftKept")}</p>}
    </div>
  );
}
