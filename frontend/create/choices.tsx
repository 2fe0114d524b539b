"use client";
import type { Me, Model, Plan } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { Lock } from "@/ui/icons";
import { type Draft, LARGEST_SEED, seedOf } from "./draft";

type Catalog = { models: Model[]; plans: Plan[] };

/** Plans come from the least to the most. */
const opens = (plans: Plan[], mine: string, needed: string) =>
  plans.findIndex((it) => it.id === mine) >= plans.findIndex((it) => it.id === needed);

export function Models({
  catalog,
  chosen,
  me,
  choose,
}: {
  catalog: Catalog | null;
  chosen?: Model;
  me: Me | null;
  choose: (id: string) => void;
}) {
  const { t } = useI18n();
  return (
    <fieldset>
      <legend className="mb-2 font-semibold">{t("create.model")}</legend>
      <div className="grid grid-cols-1 gap-px overflow-hidden rounded-field border bg-line">
        {!catalog && [1, 2, 3, 4, 5].map((it) => <div key={it} className="skeleton h-14 rounded-none" />)}
        {catalog?.models
          .filter((it) => it.input_images === 0 || it.strength || it.sizes.length > 0)
          .map((model) => {
            const open = opens(catalog.plans, me?.plan ?? "free", model.plan);
            const plan = catalog.plans.find((it) => it.id === model.plan);
            return (
              <label
                key={model.id}
                className="flex min-h-14 items-center gap-3 bg-sheet px-3 py-1.5 has-checked:bg-[color-mix(in_oklab,var(--blue)_9%,var(--sheet))] has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-blue"
              >
                <input
                  type="radio"
                  name="model"
                  value={model.id}
                  checked={chosen?.id === model.id}
                  disabled={!open}
                  onChange={() => choose(model.id)}
                  className="size-4 accent-blue"
                />
                <span className={`grow ${open ? "font-semibold" : "text-soft"}`}>{model.name}</span>
                <span className="edge-print flex items-center gap-1.5 text-end">
                  {open ? (
                    t("create.modelFacts", { n: model.credits_per_image, s: model.usual_seconds })
                  ) : (
                    <>
                      <Lock className="size-3.5" /> {t("create.locked", { plan: plan?.name ?? model.plan })}
                    </>
                  )}
                </span>
              </label>
            );
          })}
      </div>
    </fieldset>
  );
}

export function Shapes({ model, chosen, choose }: { model?: Model; chosen: string; choose: (ratio: string) => void }) {
  const { t } = useI18n();
  return (
    <fieldset>
      <legend className="mb-2 font-semibold">{t("create.shape")}</legend>
      <div className="flex flex-wrap gap-2">
        {!model && [1, 2, 3, 4, 5, 6].map((it) => <div key={it} className="skeleton h-16 w-16" />)}
        {model?.sizes.map(({ aspect_ratio, width, height }) => (
          <label
            key={aspect_ratio}
            title={`${width} × ${height}`}
            className="grid h-16 w-16 cursor-pointer place-items-center gap-1 rounded-field border pt-1.5 has-checked:border-blue has-checked:bg-[color-mix(in_oklab,var(--blue)_9%,transparent)] has-focus-visible:outline-2 has-focus-visible:outline-blue"
          >
            <input
              type="radio"
              name="shape"
              className="sr-only"
              checked={chosen === aspect_ratio}
              onChange={() => choose(aspect_ratio)}
            />
            <span
              aria-hidden="true"
              className="border-[1.5px] border-current"
              style={{
                width: `${(26 * width) / Math.max(width, height)}px`,
                height: `${(26 * height) / Math.max(width, height)}px`,
              }}
            />
            <span className="edge-print" dir="ltr">
              {aspect_ratio}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function More({
  model,
  draft,
  me,
  change,
}: {
  model?: Model;
  draft: Draft;
  me: Me | null;
  change: (part: Partial<Draft>) => void;
}) {
  const { t } = useI18n();
  const most = me?.limits.images_per_job ?? 1;
  return (
    <details className="rounded-field border bg-sheet px-4" open={draft.seed !== null || draft.count > 1 || undefined}>
      <summary className="flex min-h-11 items-center font-semibold">{t("create.more")}</summary>
      <div className="grid gap-4 pt-1 pb-4 sm:grid-cols-2">
        <label className="grid gap-1 text-sm">
          {t("create.count")}
          <select
            className="field"
            value={Math.min(draft.count, Math.max(most, draft.count))}
            onChange={(event) => change({ count: Number(event.target.value) })}
          >
            {[1, 2, 3, 4].map((n) => (
              <option key={n} value={n} disabled={n > most}>
                {n}
              </option>
            ))}
          </select>
          {most < 4 && <span className="text-soft">{t("create.countLimit", { n: most })}</span>}
        </label>
        <label className="grid content-start gap-1 text-sm">
          {t("create.seed")}
          <input
            className="field font-mono placeholder:text-soft"
            inputMode="numeric"
            placeholder={t("create.seedChance")}
            max={LARGEST_SEED}
            value={draft.seed ?? ""}
            onChange={(event) => change({ seed: seedOf(event.target.value) })}
          />
        </label>
        <label className="grid content-start gap-1 text-sm">
          {t("create.format")}
          <select
            className="field"
            value={draft.output_format}
            onChange={(event) => change({ output_format: event.target.value })}
          >
            {(model?.output_formats ?? ["webp"]).map((it) => (
              <option key={it}>{it}</option>
            ))}
          </select>
        </label>
        <label className="flex min-h-11 items-center gap-3 self-end text-sm">
          <input
            type="checkbox"
            className="size-5 accent-blue"
            checked={draft.embed_prompt}
            onChange={(event) => change({ embed_prompt: event.target.checked })}
          />
          {t("create.embed")}
        </label>
      </div>
    </details>
  );
}
