"use client";
import { useRouter, useSearchParams } from "next/navigation";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { api, ask } from "@/api/client";
import { sentence } from "@/api/problem";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { Needed } from "@/session/needed";
import { useCatalog } from "@/store/catalog";
import { put, useGeneration } from "@/store/generations";
import { Bin, Star } from "@/ui/icons";
import { type Filters, isNarrowed, none, query, readFilters } from "./filters";
import { Grid } from "./grid";
import { useList } from "./use-list";

const Detail = lazy(() => import("./detail").then((it) => ({ default: it.Detail })));

export function Library() {
  const { t } = useI18n();
  return (
    <>
      <h1 className="pt-4 pb-6 text-4xl font-extrabold">{t("library.title")}</h1>
      <Needed waiting={<Waiting />}>
        <Suspense fallback={<Waiting />}>
          <Wall />
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

function Wall() {
  const { t } = useI18n();
  const router = useRouter();
  const search = useSearchParams();
  const filters = useMemo(() => readFilters(search), [search]);
  const opened = search.get("open");
  const { jobs, begun, error, more, loadMore, again } = useList(filters);
  const go = (next: Filters, open: string | null) => {
    const address = new URLSearchParams({ ...query(next), ...(open ? { open } : {}) }).toString();
    router.replace(address ? `/library/?${address}` : "/library/", { scroll: false });
  };
  return (
    <>
      <Bar filters={filters} change={(part) => go({ ...filters, ...part }, null)} />
      {error !== null && (
        <p role="alert" className="py-4 text-bad">
          {t("library.failedLoad")} {sentence(error, t)}{" "}
          <button type="button" className="min-h-11 underline" onClick={again}>
            {t("act.retry")}
          </button>
        </p>
      )}
      {!begun && error === null && <Waiting />}
      {begun && jobs.length === 0 && !more && (
        <div className="grid min-h-[40dvh] place-content-center justify-items-center gap-4 text-soft">
          <p className="text-lg">{t(isNarrowed(filters) ? "library.nothing" : "library.empty")}</p>
          <button
            type="button"
            className="press press-line"
            onClick={() => (isNarrowed(filters) ? go(none, null) : router.push("/create/"))}
          >
            {t(isNarrowed(filters) ? "library.clear" : "home.start")}
          </button>
        </div>
      )}
      {jobs.length > 0 && <Grid jobs={jobs} open={(id) => go(filters, id)} end={loadMore} />}
      {opened && <Opened id={opened} among={jobs.map((it) => it.id)} show={(id) => go(filters, id)} />}
    </>
  );
}

/** A job that an address names may not be on a page of the list yet. */
function Opened({ id, among, show }: { id: string; among: string[]; show: (id: string | null) => void }) {
  const job = useGeneration(id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each job
  useEffect(() => {
    // Asked for in any case: the links of a picture end after an hour.
    ask(api.GET("/api/v1/generations/{id}", { params: { path: { id } } })).then(
      (it) => put([it]),
      () => show(null),
    );
  }, [id]);
  return job ? (
    <Suspense>
      <Detail key={id} job={job} among={among} show={show} />
    </Suspense>
  ) : null;
}

function Bar({ filters, change }: { filters: Filters; change: (part: Partial<Filters>) => void }) {
  const { t } = useI18n();
  const { catalog } = useCatalog();
  const [words, setWords] = useState(filters.q);
  useEffect(() => setWords(filters.q), [filters.q]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the words starts the wait
  useEffect(() => {
    if (words === filters.q) return;
    const wait = setTimeout(() => change({ q: words }), 300);
    return () => clearTimeout(wait);
  }, [words]);
  const ratios = [...new Set(catalog?.models.flatMap((it) => it.sizes.map((size) => size.aspect_ratio)))];
  return (
    <search className="mb-6 flex flex-wrap gap-2">
      <input
        type="search"
        aria-label={t("library.search")}
        placeholder={t("library.search")}
        className="field min-w-48 grow placeholder:text-soft sm:w-auto"
        maxLength={200}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <select
        aria-label={t("create.model")}
        className="field w-auto"
        value={filters.model}
        onChange={(event) => change({ model: event.target.value })}
      >
        <option value="">{t("library.allModels")}</option>
        {catalog?.models.map((it) => (
          <option key={it.id} value={it.id}>
            {it.name}
          </option>
        ))}
      </select>
      <select
        aria-label={t("create.shape")}
        className="field w-auto"
        value={filters.aspect_ratio}
        onChange={(event) => change({ aspect_ratio: event.target.value })}
      >
        <option value="">{t("library.allShapes")}</option>
        {ratios.map((it) => (
          <option key={it}>{it}</option>
        ))}
      </select>
      <button
        type="button"
        className="press press-line"
        aria-pressed={filters.favourite}
        onClick={() => change({ favourite: !filters.favourite })}
      >
        <Star /> {t("library.favourites")}
      </button>
      <button
        type="button"
        className="press press-line"
        aria-pressed={filters.trash}
        onClick={() => change({ trash: !filters.trash })}
      >
        <Bin /> {t("library.trash")}
      </button>
    </search>
  );
}
