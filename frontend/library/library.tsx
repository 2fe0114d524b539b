"use client";
import { useRouter, useSearchParams } from "next/navigation";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, ask } from "@/api/client";
import { sentence } from "@/api/problem";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { Needed } from "@/session/needed";
import { put, useGeneration } from "@/store/generations";
import { Bar } from "./bar";
import { type Filters, isNarrowed, none, query, readFilters } from "./filters";
import { type Deeds, Grid, type Handle } from "./grid";
import { found, useLeaving } from "./left";
import { idAt, indexOf, startOf } from "./list";
import { Jump, Rail } from "./rail";
import { useList } from "./use-list";
import { useSelection } from "./use-selection";

const Detail = lazy(() => import("./detail").then((it) => ({ default: it.Detail })));
const BulkBar = lazy(() => import("./bulk-bar").then((it) => ({ default: it.BulkBar })));

export function Library() {
  const { t } = useI18n();
  return (
    <>
      <h1 className="pt-4 pb-6 text-4xl font-extrabold">{t("library.title")}</h1>
      <Needed waiting={<Waiting />}>
        <Suspense fallback={<Waiting />}>
          <Whole />
        </Suspense>
      </Needed>
    </>
  );
}

function Waiting() {
  return (
    <div aria-hidden="true" className="grid grid-cols-2 gap-1.5 sm:grid-cols-3 lg:grid-cols-5">
      {Array.from({ length: 15 }, (_, it) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={it} className="skeleton aspect-square" />
      ))}
    </div>
  );
}

/** Says in the entry of the browser's history that closing leads back to the one before. */
const OPENED = "opened";

function Whole() {
  const { t } = useI18n();
  const router = useRouter();
  const search = useSearchParams();
  const filters = useMemo(() => readFilters(search), [search]);
  const opened = search.get("open");
  const { wall, shown } = useList(filters);
  const [from] = useState(found);
  const [month, setMonth] = useState<string | null>(null);
  const grid = useRef<Handle>(null);
  const words = useRef<HTMLInputElement>(null);
  const { selection, become, choose } = useSelection(wall, filters, words);

  useLeaving();
  // Within the page: nothing is loaded for it, and it works without a network.
  const go = useCallback((next: Filters, open: string | null, how: "push" | "replace") => {
    const address = new URLSearchParams({ ...query(next), ...(open ? { open } : {}) }).toString();
    const to = address ? `/library/?${address}` : "/library/";
    if (how === "push") history.pushState({ [OPENED]: open !== null }, "", to);
    else history.replaceState({ [OPENED]: Boolean(history.state?.[OPENED]) }, "", to);
  }, []);
  const narrow = (part: Partial<Filters>, how: "push" | "replace" = "push") =>
    go({ ...filters, ...part }, null, "q" in part ? "replace" : how);
  const show = (id: string | null) => {
    if (id) return go(filters, id, opened ? "replace" : "push");
    if (history.state?.[OPENED]) history.back();
    else go(filters, null, "replace");
  };

  const deeds = useMemo<Deeds>(
    () => ({
      look: (first, last, top, end) => {
        wall.look(first, last, top);
        const { sections } = wall.now();
        setMonth(sections.findLast((it, n) => it.month !== null && startOf(sections, n) < end)?.month ?? null);
      },
      open: (id) => go(filters, id, "push"),
      stale: renew,
      ...choose,
    }),
    [wall, filters, go, choose],
  );
  const jump = (to: string) => {
    const n = shown.sections.findIndex((it) => it.month === to);
    if (n >= 0) grid.current?.goTo(startOf(shown.sections, n));
  };
  const at = opened ? indexOf(shown.sections, opened) : -1;
  const neighbour = (by: number) => (at < 0 ? null : idAt(shown.sections, at + by));
  useEffect(() => {
    // Whoever turns the pages comes to those that are not loaded.
    if (at >= 0) wall.look(Math.max(0, at - 20), at + 20, at);
  }, [at, wall]);

  // The focus goes back to the picture that was looked at last, wherever its pages were turned to.
  const last = useRef<string | null>(null);
  useEffect(() => {
    const was = last.current;
    last.current = opened;
    const place = was && !opened ? indexOf(wall.now().sections, was) : -1;
    if (place >= 0) grid.current?.goTo(place, true);
  }, [opened, wall]);

  return (
    <>
      <Bar filters={filters} change={narrow} words={words} selecting={selection.on} select={choose.begin} />
      {selection.on && (
        <Suspense>
          <BulkBar wall={wall} selection={selection} become={become} all={choose.all} />
        </Suspense>
      )}
      <Jump sections={shown.sections} at={month} jump={jump} />
      {shown.error !== null && (
        <p role="alert" className="py-4 text-bad">
          {t("library.failedLoad")} {sentence(shown.error, t)}{" "}
          <button type="button" className="min-h-11 underline" onClick={wall.again}>
            {t("act.retry")}
          </button>
        </p>
      )}
      {!shown.begun && shown.error === null && <Waiting />}
      {shown.begun && shown.length === 0 && (
        <div className="grid min-h-[40dvh] place-content-center justify-items-center gap-4 text-soft">
          <p className="text-lg">{t(isNarrowed(filters) ? "library.nothing" : "library.empty")}</p>
          <button
            type="button"
            className="press press-line"
            onClick={() => (isNarrowed(filters) ? go(none, null, "push") : router.push("/create/"))}
          >
            {t(isNarrowed(filters) ? "library.clear" : "home.start")}
          </button>
        </div>
      )}
      {shown.held.size > 0 && (
        <button
          type="button"
          className="press press-blue fixed start-1/2 top-3 z-30 shadow-lg ltr:-translate-x-1/2 rtl:translate-x-1/2"
          onClick={() => window.scrollTo({ top: 0 })}
        >
          {t("library.new", { n: shown.held.size })}
        </button>
      )}
      {shown.begun && shown.length > 0 && (
        <div className="flex gap-6">
          <div className="min-w-0 grow">
            <Grid ref={grid} shown={shown} selection={selection} deeds={deeds} from={from} />
          </div>
          <Rail sections={shown.sections} at={month} jump={jump} />
        </div>
      )}
      {/* The last pictures come out from under the bar. */}
      {selection.on && <div className="h-40" />}
      {opened && <Opened id={opened} next={neighbour(1)} previous={neighbour(-1)} show={show} />}
    </>
  );
}

const renewed = new Map<string, number>();
/** Links of pictures end after an hour: asked for anew, once in a while. */
function renew(id: string) {
  if (Date.now() - (renewed.get(id) ?? 0) < 60_000) return;
  renewed.set(id, Date.now());
  ask(api.GET("/api/v1/generations/{id}", { params: { path: { id } } })).then(
    (it) => put([it]),
    () => {},
  );
}

type Around = { next: string | null; previous: string | null; show: (id: string | null) => void };

/** A job that an address names may not be on a page of the list yet. */
function Opened({ id, ...around }: Around & { id: string }) {
  const job = useGeneration(id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each job
  useEffect(() => {
    // Asked for in any case: the links of a picture end after an hour.
    ask(api.GET("/api/v1/generations/{id}", { params: { path: { id } } })).then(
      (it) => put([it]),
      () => !job && around.show(null),
    );
  }, [id]);
  return job ? (
    <Suspense>
      <Detail key={id} job={job} {...around} />
    </Suspense>
  ) : null;
}
