"use client";
import { lazy, Suspense, useEffect, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { toast } from "@/ui/toasts";
import type { Mode } from "./draft";
import { dressed, has, type Own, readOwn, STYLES, without } from "./presets";
import type { Composing } from "./use-composer";

const OwnPresets = lazy(() => import("./own-presets").then((it) => ({ default: it.OwnPresets })));
const CHIP =
  "flex min-h-11 items-center gap-2 rounded-field border px-2.5 text-sm hover:border-blue aria-pressed:border-blue aria-pressed:text-blue aria-pressed:bg-[color-mix(in_oklab,var(--blue)_9%,transparent)]";

/** Styles by a press: their words go to the end of the prompt, where they can be seen and changed. Then one's own. */
export function PresetBar({
  composing: { draft, change, models, isOpen },
  mode,
}: {
  composing: Composing;
  mode: Mode;
}) {
  const { t } = useI18n();
  const [own, setOwn] = useState<Own[]>([]);
  const [managing, setManaging] = useState(false);
  useEffect(() => setOwn(readOwn(localStorage)), []);
  const takes = { model: (id: string) => models.some((it) => it.id === id && isOpen(it)), shape: mode === "words" };
  const apply = (it: Own) => {
    const before = draft;
    const { id, name, ...recipe } = it;
    change(recipe);
    if (before.prompt.trim() && before.prompt !== it.prompt) toast(t("preset.applied", { name }), () => change(before));
  };
  return (
    <fieldset>
      <legend className="mb-2 font-semibold">{t("preset.title")}</legend>
      <div className="flex flex-wrap gap-2">
        {STYLES.map((style) => {
          const on = has(draft.prompt, style);
          return (
            <button
              key={style.id}
              type="button"
              aria-pressed={on}
              className={CHIP}
              onClick={() => change(on ? { prompt: without(draft.prompt) } : dressed(draft, style, takes))}
            >
              <span
                aria-hidden="true"
                className="size-7 rounded-tile border border-line"
                style={{ background: style.swatch }}
              />
              {t(`preset.${style.id}`)}
            </button>
          );
        })}
        {own.map((it) => (
          <button key={it.id} type="button" className={`${CHIP} max-w-52`} onClick={() => apply(it)}>
            <span className="truncate" dir="auto">
              {it.name}
            </span>
          </button>
        ))}
        <button
          type="button"
          aria-haspopup="dialog"
          className={`${CHIP} border-dashed text-soft hover:text-blue`}
          onClick={() => setManaging(true)}
        >
          {t("preset.own")}
        </button>
      </div>
      {managing && (
        <Suspense>
          <OwnPresets draft={draft} own={own} changed={setOwn} close={() => setManaging(false)} />
        </Suspense>
      )}
    </fieldset>
  );
}
