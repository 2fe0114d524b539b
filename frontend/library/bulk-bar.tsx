"use client";
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from "react";
import { sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { useShortcuts } from "@/shortcuts/registry";
import { knownJob } from "@/store/generations";
import { Bin, Cross, File, Star } from "@/ui/icons";
import { toast } from "@/ui/toasts";
import { change, type Deed, zip } from "./bulk";
import { useCollections } from "./collections";
import { nothing, type Selection } from "./selection";
import type { Outcome } from "./steps";
import type { Wall } from "./wall";

type Work = { label: "library.working" | "library.gathering"; at: number; of: number; stop: () => void };
type Rest = { n: number; why: string; again: () => void };
type Steps = (ids: readonly string[], tell: (tried: number) => void, signal: AbortSignal) => Promise<Outcome>;

/** What can be done with all that is chosen. */
export function BulkBar({
  wall,
  selection,
  become,
  all,
}: {
  wall: Wall;
  selection: Selection;
  become: Dispatch<SetStateAction<Selection>>;
  all: (tell: (loaded: number) => void, signal?: AbortSignal) => Promise<void>;
}) {
  const { t } = useI18n();
  const collections = useCollections();
  const [work, setWork] = useState<Work | null>(null);
  const [rest, setRest] = useState<Rest | null>(null);
  const under = useRef<AbortController | null>(null);
  const ids = [...selection.ids];
  const n = ids.length;
  const { trash } = wall.filters;

  /** One thing at a time, with how far it is and a way to end it. */
  const run = async (
    label: Work["label"],
    of: number,
    doing: (tell: (at: number) => void, end: AbortSignal) => Promise<void>,
  ) => {
    if (under.current) return;
    const mine = new AbortController();
    under.current = mine;
    const stop = () => mine.abort();
    setRest(null);
    setWork({ label, at: 0, of, stop });
    await doing((at) => setWork({ label, at, of, stop }), mine.signal).catch((error: unknown) =>
      toast(sentence(error, t)),
    );
    under.current = null;
    setWork(null);
  };
  /** Does `steps` to `some`; tells what was left, and offers to try that again. */
  const each = (some: readonly string[], steps: Steps, well: (done: string[]) => void) =>
    run("library.working", some.length, async (tell, end) => {
      const { done, left, error, codes } = await steps(some, tell, end);
      if (done.length > 0) well(done);
      if (left.length === 0) return;
      const why = error ? sentence(error, t) : codes.has("still-open") ? t("library.stillOpen") : "";
      setRest({ n: left.length, why, again: () => each(left, steps, well) });
    });
  const apply =
    (deed: Deed): Steps =>
    (some, tell, end) =>
      change(some, deed, tell, end);
  const back = (done: string[]) =>
    change(done, { action: "restore" }, () => {}, new AbortController().signal).then(({ left, error }) =>
      toast(
        left.length === 0
          ? t("library.restoredMany", { n: done.length })
          : `${t("library.left", { n: left.length })} ${error ? sentence(error, t) : ""}`,
        left.length === 0 ? undefined : () => back(left),
      ),
    );
  const drop = () =>
    n > 0 &&
    each(ids, apply({ action: "delete" }), (done) =>
      toast(t("library.deletedMany", { n: done.length }), () => back(done)),
    );
  const favourite = !ids.every((id) => knownJob(id)?.favourite);
  const favour = () =>
    n > 0 &&
    each(ids, apply({ action: favourite ? "favourite" : "unfavourite" }), (done) =>
      toast(t(favourite ? "library.favouredMany" : "library.unfavouredMany", { n: done.length })),
    );
  const collect = (to: string) => {
    const name = collections?.find((it) => it.id === to)?.name;
    const said = (done: string[]) =>
      toast(
        name ? t("library.collectedMany", { n: done.length, name }) : t("library.takenOutMany", { n: done.length }),
      );
    each(ids, apply({ action: "collect", collection: name ? to : null }), said);
  };
  const gather = () => run("library.gathering", wall.now().length, (tell, end) => all(tell, end));

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for by keys, once
  useEffect(() => {
    if (!selection.wantsAll) return;
    become((was) => ({ ...was, wantsAll: false }));
    gather();
  }, [selection.wantsAll]);
  // What is said at the bottom of the page is said above the bar.
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const { style } = document.documentElement;
    const watch = new ResizeObserver(() => style.setProperty("--bar", `${(bar.current?.offsetHeight ?? 0) + 12}px`));
    if (bar.current) watch.observe(bar.current);
    return () => {
      watch.disconnect();
      style.removeProperty("--bar");
    };
  }, []);
  // What is under way ends with the bar.
  useEffect(() => () => under.current?.abort(), []);
  useShortcuts(
    "library.select",
    trash
      ? []
      : [
          { keys: ["Delete", "Backspace"], label: "keys.delete", run: drop },
          { keys: ["f"], label: "keys.favourite", run: favour },
        ],
  );

  const off = n === 0 || work !== null;
  return (
    <section
      ref={bar}
      aria-label={t("library.select")}
      className="fixed inset-x-3 bottom-3 z-30 mx-auto grid max-w-4xl gap-2 rounded-field border border-edge bg-sheet p-2 shadow-lg"
    >
      <div className="flex flex-wrap items-center gap-2">
        <button
          type="button"
          className="grid size-11 shrink-0 place-items-center rounded-field hover:text-blue"
          aria-label={t("library.endSelect")}
          onClick={() => become(nothing)}
        >
          <Cross />
        </button>
        <p aria-live="polite" className="me-auto min-w-24 font-semibold">
          {t("library.chosen", { n })}
        </p>
        <button type="button" disabled={work !== null} className="press press-line px-3" onClick={gather}>
          {t("library.all")}
        </button>
        {trash ? (
          <button
            type="button"
            disabled={off}
            className="press press-line px-3"
            onClick={() =>
              each(ids, apply({ action: "restore" }), (done) => toast(t("library.restoredMany", { n: done.length })))
            }
          >
            {t("act.restore")}
          </button>
        ) : (
          <>
            <button type="button" disabled={off} className="press press-line px-3" onClick={favour}>
              <Star className={`size-5 ${favourite ? "" : "fill-current"}`} />
              <span className="sr-only sm:not-sr-only">{t(favourite ? "act.favourite" : "library.unfavour")}</span>
            </button>
            <select
              aria-label={t("library.putInto")}
              className="field w-auto min-w-0 max-w-44 grow sm:grow-0"
              disabled={off}
              value=""
              onChange={(event) => collect(event.target.value)}
            >
              <option value="" disabled hidden>
                {t("library.putInto")}
              </option>
              {collections?.map((it) => (
                <option key={it.id} value={it.id}>
                  {it.name}
                </option>
              ))}
              <option value="none">{t("library.takeOut")}</option>
            </select>
            <button
              type="button"
              disabled={off}
              className="press press-line px-3"
              onClick={() => each(ids, zip, (done) => toast(t("library.zipped", { n: done.length })))}
            >
              <File /> <span className="sr-only sm:not-sr-only">{t("library.zip")}</span>
            </button>
            <button type="button" disabled={off} className="press press-line px-3" onClick={drop}>
              <Bin /> <span className="sr-only sm:not-sr-only">{t("act.delete")}</span>
            </button>
          </>
        )}
      </div>
      {work && (
        <div className="flex items-center gap-3 px-2 text-sm">
          <span className="edge-print shrink-0 text-sun">{t(work.label, { n: work.at, of: work.of })}</span>
          <progress
            className="h-1 grow accent-sun"
            value={work.at}
            max={Math.max(1, work.of)}
            aria-label={t(work.label, { n: work.at, of: work.of })}
          />
          <button type="button" className="min-h-11 px-2 underline underline-offset-4" onClick={work.stop}>
            {t("library.stop")}
          </button>
        </div>
      )}
      {rest && (
        <p role="alert" className="px-2 text-sm text-bad">
          {t("library.left", { n: rest.n })} {rest.why}{" "}
          <button
            type="button"
            className="min-h-11 px-1 font-semibold underline underline-offset-4"
            onClick={rest.again}
          >
            {t("library.tryRest")}
          </button>
        </p>
      )}
    </section>
  );
}
