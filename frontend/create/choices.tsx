"use client";
import type { Model } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { Lock, Turn } from "@/ui/icons";
import { followsPicture, turned } from "./draft";
import type { Composing } from "./use-composer";

export function Models({ composing: { catalog, models, model: chosen, isOpen, choose } }: { composing: Composing }) {
  const { t } = useI18n();
  return (
    <fieldset>
      <legend className="mb-2 font-semibold">{t("create.model")}</legend>
      <div className="grid grid-cols-1 gap-px overflow-hidden rounded-field border bg-line">
        {!catalog && [1, 2, 3, 4, 5].map((it) => <div key={it} className="skeleton h-14 rounded-none" />)}
        {models.map((model) => {
          const open = isOpen(model);
          const plan = catalog?.plans.find((it) => it.id === model.plan);
          return (
            <label
              key={model.id}
              className="relative flex min-h-14 items-center gap-3 bg-sheet px-3 py-1.5 has-checked:bg-[color-mix(in_oklab,var(--blue)_9%,var(--sheet))] has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-blue"
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

const TILE =
  "relative grid h-16 w-16 cursor-pointer place-items-center gap-1 rounded-field border pt-1.5 has-checked:border-blue has-checked:bg-[color-mix(in_oklab,var(--blue)_9%,transparent)] has-focus-visible:outline-2 has-focus-visible:outline-blue";

/** Shapes that the model makes; with a picture to start from, that picture's own first. */
export function Shapes({
  model,
  chosen,
  asPicture,
  choose,
}: {
  model?: Model;
  chosen: string;
  asPicture: boolean;
  choose: (ratio: string) => void;
}) {
  const { t } = useI18n();
  const follows = asPicture && followsPicture(model);
  const known = model?.sizes.find((it) => it.aspect_ratio === chosen);
  const shown = follows || (asPicture && !known) ? "" : (known?.aspect_ratio ?? "1:1");
  const size = model?.sizes.find((it) => it.aspect_ratio === shown);
  const other = size && model ? turned(shown, model.sizes) : null;
  return (
    <fieldset>
      <legend className="mb-2 font-semibold">{t("create.shape")}</legend>
      <div className="flex flex-wrap gap-2">
        {!model && [1, 2, 3, 4, 5, 6].map((it) => <div key={it} className="skeleton h-16 w-16" />)}
        {asPicture && model && (
          <label className={`${TILE} w-auto min-w-16 px-3`}>
            <input type="radio" name="shape" className="sr-only" checked={shown === ""} onChange={() => choose("")} />
            <span aria-hidden="true" className="size-5 border-[1.5px] border-dashed border-current" />
            <span className="edge-print">{t("create.asPicture")}</span>
          </label>
        )}
        {!follows &&
          model?.sizes.map(({ aspect_ratio, width, height }) => (
            <label key={aspect_ratio} title={`${width} × ${height}`} className={TILE}>
              <input
                type="radio"
                name="shape"
                className="sr-only"
                checked={shown === aspect_ratio}
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
      <div className="mt-2 flex min-h-11 flex-wrap items-center gap-x-4 text-sm text-soft">
        {follows ? (
          <p>{t("create.keepsShape", { model: model?.name ?? "" })}</p>
        ) : (
          size && (
            <p>
              {t("create.megapixels", { n: Math.round((size.width * size.height) / 1e5) / 10 })}{" "}
              <span className="edge-print ms-1" dir="ltr">
                {size.width} × {size.height}
              </span>
            </p>
          )
        )}
        {other && (
          <button
            type="button"
            className="ms-auto flex min-h-11 items-center gap-2 rounded-field px-2 text-ink hover:text-blue"
            onClick={() => choose(other)}
          >
            <Turn className="size-5" /> {t("create.turn", { ratio: other })}
          </button>
        )}
      </div>
    </fieldset>
  );
}

/** How far the result may go from its picture; for models that can be told. */
export function Strength({ value, choose }: { value: number; choose: (hundredths: number) => void }) {
  const { t } = useI18n();
  return (
    <div>
      <div className="flex items-baseline justify-between">
        <label htmlFor="strength" className="font-semibold">
          {t("create.strength")}
        </label>
        <span className="edge-print">{value} %</span>
      </div>
      <input
        id="strength"
        type="range"
        min={1}
        max={100}
        value={value}
        aria-valuetext={`${value} %`}
        aria-describedby="strength-ends"
        onChange={(event) => choose(Number(event.target.value))}
        className="h-11 w-full accent-blue"
      />
      <p id="strength-ends" className="-mt-1 flex justify-between gap-4 text-sm text-soft">
        <span>{t("create.close")}</span>
        <span className="text-end">{t("create.free")}</span>
      </p>
    </div>
  );
}
