"use client";
import { lazy, type RefObject, Suspense, useMemo, useRef, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { useGenerations } from "@/store/generations";
import { Clock } from "@/ui/icons";
import type { Mode } from "./draft";
import { begun, ordered, recall, step, type Walk } from "./history";
import type { Composing } from "./use-composer";

const HistoryList = lazy(() => import("./history-list").then((it) => ({ default: it.HistoryList })));

/** Where the words are written. Alt with the arrows walks through those that were ordered, as shells do. */
export function PromptBox({
  composing: { draft, change, longest, most, orders, sending, session, submit },
  mode,
  area,
}: {
  composing: Composing;
  mode: Mode;
  area: RefObject<HTMLTextAreaElement | null>;
}) {
  const { t } = useI18n();
  const jobs = useGenerations();
  const [listed, setListed] = useState(false);
  const walk = useRef<Walk | null>(null);
  const person = session.status === "in" ? session.person.id : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: what this browser remembers changes when something is sent
  const past = useMemo(() => {
    const known = jobs.map((it) => ({ prompt: it.prompt, at: Date.parse(it.created_at) }));
    return person ? ordered([...recall(localStorage, person), ...known]) : [];
  }, [jobs, person, sending === null]);
  const put = (prompt: string) => change({ prompt });
  return (
    <div>
      <div className="flex items-center justify-between gap-3">
        <label htmlFor="prompt" className="text-lg font-semibold">
          {t(mode === "words" ? "create.prompt" : "create.promptPicture")}
        </label>
        <span className="flex items-center gap-2">
          <span className="edge-print" id="length">
            {t("create.left", { n: longest, of: most })}
          </span>
          {past.length > 0 && (
            <button
              type="button"
              aria-haspopup="dialog"
              aria-label={t("create.history")}
              title={t("create.history")}
              className="-my-2 grid size-11 place-items-center rounded-field text-soft hover:text-blue"
              onClick={() => setListed(true)}
            >
              <Clock />
            </button>
          )}
        </span>
      </div>
      <textarea
        id="prompt"
        ref={area}
        dir="auto"
        rows={2}
        aria-describedby="length keys"
        aria-invalid={longest > most}
        placeholder={t(mode === "words" ? "create.placeholder" : "create.placeholderPicture")}
        value={draft.prompt}
        onChange={(event) => put(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          if (!event.altKey || event.ctrlKey || event.metaKey) return;
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.preventDefault();
          const next = step(walk.current ?? begun(past), event.key === "ArrowUp" ? 1 : -1, draft.prompt);
          if (!next) return;
          walk.current = next.walk.at === -1 ? null : next.walk;
          put(next.text);
        }}
        className="field mt-2 max-h-[26dvh] min-h-16 resize-y text-lg leading-snug [field-sizing:content] placeholder:text-soft lg:max-h-[50dvh] lg:min-h-28"
      />
      {longest > most && <p className="mt-1 text-sm text-bad">{t("create.tooLong", { n: longest - most })}</p>}
      {orders.total > 1 && (
        <p className="mt-1 text-sm text-soft" role="status">
          {t("create.matrix", { n: orders.total })}
        </p>
      )}
      <p id="keys" className="mt-1 hidden text-xs text-soft lg:block">
        {t("create.keys")} · {t("create.keysHistory")} · <span dir="ltr">{"{a|b}"}</span> {t("create.keysMatrix")}
      </p>
      {listed && (
        <Suspense>
          <HistoryList
            past={past}
            close={() => setListed(false)}
            choose={(prompt) => {
              // What was being written is one step back.
              const next = step(begun(past), 1, draft.prompt);
              walk.current = next ? { ...next.walk, at: past.indexOf(prompt) } : null;
              put(prompt);
              setListed(false);
              // The dialog gives the focus back to its button first.
              requestAnimationFrame(() => area.current?.focus());
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
