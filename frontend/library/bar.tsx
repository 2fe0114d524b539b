"use client";
import { lazy, type RefObject, Suspense, useEffect, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { useCatalog } from "@/store/catalog";
import { Bin, Folder, Sliders, Star, Tick } from "@/ui/icons";
import { useCollections } from "./collections";
import type { Filters } from "./filters";

const CollectionsDialog = lazy(() => import("./collections-dialog").then((it) => ({ default: it.CollectionsDialog })));

/** What the wall is narrowed by. The seldom ones are folded away, and their number tells that they are there. */
export function Bar({
  filters,
  change,
  words,
  selecting,
  select,
}: {
  filters: Filters;
  change: (part: Partial<Filters>) => void;
  words: RefObject<HTMLInputElement | null>;
  selecting: boolean;
  select: () => void;
}) {
  const { t } = useI18n();
  const collections = useCollections();
  const [more, setMore] = useState(false);
  const [managing, setManaging] = useState(false);
  const [text, setText] = useState(filters.q);
  useEffect(() => setText(filters.q), [filters.q]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the words starts the wait
  useEffect(() => {
    if (text === filters.q) return;
    const wait = setTimeout(() => change({ q: text }), 300);
    return () => clearTimeout(wait);
  }, [text]);
  const folded = [filters.model, filters.aspect_ratio, filters.from, filters.until].filter(Boolean).length;
  return (
    <search className="mb-6 grid gap-2">
      <div className="flex flex-wrap gap-2">
        <input
          ref={words}
          type="search"
          aria-label={t("library.search")}
          placeholder={t("library.search")}
          className="field min-w-48 grow basis-full placeholder:text-soft sm:w-auto sm:basis-0"
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="flex min-w-0 basis-full gap-2 sm:basis-auto">
          <select
            aria-label={t("library.collection")}
            className="field min-w-0 grow sm:w-44"
            value={filters.collection}
            onChange={(event) => change({ collection: event.target.value })}
          >
            <option value="">{t("library.allCollections")}</option>
            {collections?.map((it) => (
              <option key={it.id} value={it.id}>
                {it.name} · {it.count}
              </option>
            ))}
            {/* An address may name one that is gone, or not known yet. */}
            {filters.collection && !collections?.some((it) => it.id === filters.collection) && (
              <option value={filters.collection}>…</option>
            )}
          </select>
          <button
            type="button"
            className="press press-line shrink-0 px-3"
            aria-label={t("library.collections")}
            title={t("library.collections")}
            onClick={() => setManaging(true)}
          >
            <Folder />
          </button>
        </div>
        <button
          type="button"
          className="press press-line grow px-3 sm:grow-0 sm:px-4"
          title={t("library.more")}
          aria-expanded={more}
          onClick={() => setMore(!more)}
        >
          <Sliders /> <span className="sr-only sm:not-sr-only">{t("library.more")}</span>
          {folded > 0 && <span className="edge-print rounded-full bg-blue px-1.5 text-on-blue">{folded}</span>}
        </button>
        <button
          type="button"
          className="press press-line grow px-3 sm:grow-0 sm:px-4"
          title={t("library.favourites")}
          aria-pressed={filters.favourite}
          onClick={() => change({ favourite: !filters.favourite })}
        >
          <Star className={`size-5 ${filters.favourite ? "fill-current" : ""}`} />{" "}
          <span className="sr-only sm:not-sr-only">{t("library.favourites")}</span>
        </button>
        <button
          type="button"
          className="press press-line grow px-3 sm:grow-0 sm:px-4"
          title={t("library.trash")}
          aria-pressed={filters.trash}
          onClick={() => change({ trash: !filters.trash })}
        >
          <Bin /> <span className="sr-only sm:not-sr-only">{t("library.trash")}</span>
        </button>
        <button
          type="button"
          className="press press-line grow px-3 sm:grow-0 sm:px-4"
          aria-pressed={selecting}
          onClick={select}
        >
          <Tick /> {t("library.select")}
        </button>
      </div>
      {more && <More filters={filters} change={change} />}
      {managing && (
        <Suspense>
          <CollectionsDialog
            close={() => setManaging(false)}
            deleted={(id) => id === filters.collection && change({ collection: "" })}
          />
        </Suspense>
      )}
    </search>
  );
}

function More({ filters, change }: { filters: Filters; change: (part: Partial<Filters>) => void }) {
  const { t } = useI18n();
  const { catalog } = useCatalog();
  const ratios = [...new Set(catalog?.models.flatMap((it) => it.sizes.map((size) => size.aspect_ratio)))];
  const days = [
    ["from", "library.from"],
    ["until", "library.until"],
  ] as const;
  return (
    <div className="grid grid-cols-2 gap-2 rounded-field bg-sunk p-3 sm:flex sm:flex-wrap sm:items-end">
      <label className="grid gap-1 text-sm">
        {t("create.model")}
        <select
          className="field sm:w-auto"
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
      </label>
      <label className="grid gap-1 text-sm">
        {t("create.shape")}
        <select
          className="field sm:w-auto"
          value={filters.aspect_ratio}
          onChange={(event) => change({ aspect_ratio: event.target.value })}
        >
          <option value="">{t("library.allShapes")}</option>
          {ratios.map((it) => (
            <option key={it}>{it}</option>
          ))}
        </select>
      </label>
      {days.map(([name, label]) => (
        <label key={name} className="grid min-w-0 gap-1 text-sm">
          {t(label)}
          <input
            type="date"
            className="field min-w-0 sm:w-auto"
            value={filters[name]}
            min={name === "until" ? filters.from : undefined}
            max={name === "from" ? filters.until : undefined}
            // A date that is being typed is none yet, or one of the year 2.
            onChange={({ target: { value } }) => (value === "" || value > "1900") && change({ [name]: value })}
          />
        </label>
      ))}
      {(filters.from || filters.until) && (
        <button
          type="button"
          className="min-h-11 px-2 text-sm underline underline-offset-4"
          onClick={() => change({ from: "", until: "" })}
        >
          {t("library.anyDay")}
        </button>
      )}
    </div>
  );
}
