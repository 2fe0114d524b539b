"use client";
import { useEffect, useId, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { Dice, Lock } from "@/ui/icons";
import { LARGEST_SEED, rolled, seedOf } from "./draft";
import type { Composing } from "./use-composer";

export function More({ composing: { draft, model, me, change } }: { composing: Composing }) {
  const { t } = useI18n();
  const most = me?.limits.images_per_job ?? 1;
  const unusual = draft.seed !== null || draft.count > 1;
  const [open, setOpen] = useState(unusual);
  // A recipe may bring something that is set in here. It is not closed again by itself.
  useEffect(() => {
    if (unusual) setOpen(true);
  }, [unusual]);
  return (
    <details
      className="rounded-field border bg-sheet px-4"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="flex min-h-11 items-center font-semibold">{t("create.more")}</summary>
      <div className="grid gap-4 pt-1 pb-4 sm:grid-cols-2">
        <Seed composing={{ draft, change }} />
        <label className="grid content-start gap-1 text-sm">
          {t("create.count")}
          <select
            className="field"
            value={draft.count}
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
        <label className="flex min-h-11 items-center gap-3 text-sm sm:col-span-2">
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

const KEY =
  "grid size-11 shrink-0 place-items-center rounded-field border border-edge hover:border-blue hover:text-blue disabled:border-line disabled:text-soft aria-pressed:border-blue aria-pressed:text-blue aria-pressed:bg-[color-mix(in_oklab,var(--blue)_9%,transparent)]";

/** Chance, a number of one's own, a new one by the dice; the lock keeps it for the orders after the next. */
function Seed({ composing: { draft, change } }: { composing: Pick<Composing, "draft" | "change"> }) {
  const { t } = useI18n();
  const id = useId();
  return (
    <div className="grid content-start gap-1 text-sm sm:col-span-2">
      <label htmlFor={id}>{t("create.seed")}</label>
      <div className="flex gap-2">
        <input
          id={id}
          className="field font-mono placeholder:text-soft"
          inputMode="numeric"
          placeholder={t("create.seedChance")}
          max={LARGEST_SEED}
          value={draft.seed ?? ""}
          aria-describedby={`${id}-what`}
          onChange={(event) => {
            const seed = seedOf(event.target.value);
            // Who writes a number means that number.
            change({ seed, seed_locked: seed !== null });
          }}
        />
        <button
          type="button"
          className={KEY}
          aria-label={t("create.dice")}
          title={t("create.dice")}
          onClick={() => change({ seed: rolled(Math.random()) })}
        >
          <Dice />
        </button>
        <button
          type="button"
          className={KEY}
          aria-pressed={draft.seed_locked}
          disabled={draft.seed === null}
          aria-label={t("create.lock")}
          title={t("create.lock")}
          onClick={() => change({ seed_locked: !draft.seed_locked })}
        >
          <Lock />
        </button>
      </div>
      <p id={`${id}-what`} className="text-soft">
        {t(draft.seed === null ? "create.seedEach" : draft.seed_locked ? "create.seedStays" : "create.seedOnce")}
      </p>
    </div>
  );
}
