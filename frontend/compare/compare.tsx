"use client";
import { useState } from "react";
import type { Generation } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { type Source, useSource } from "@/store/sources";
import { Go } from "@/ui/go";
import { Modal } from "@/ui/modal";
import { first, type Side, sidesOf } from "./sides";
import { Slider } from "./slider";

const WAYS = ["slider", "sides", "hold"] as const;

/** Two pictures of one job side by side, one over the other, or in turn. */
export function Compare({ job, index, close }: { job: Generation; index: number; close: () => void }) {
  const { t } = useI18n();
  const sides = sidesOf(job);
  const pair = first(sides, index);
  const [chosen, setChosen] = useState({ before: pair?.before.id, after: pair?.after.id });
  const [way, setWay] = useState<(typeof WAYS)[number]>("slider");
  const before = sides.find((it) => it.id === chosen.before) ?? null;
  const after = sides.find((it) => it.id === chosen.after) ?? null;
  const left = useSource(before?.start ?? null);
  const right = useSource(after?.start ?? null);
  const name = (it: Side) => {
    const alone = sides.filter((other) => other.input === it.input).length === 1;
    const kind = t(it.input ? "compare.original" : "compare.result");
    return alone ? kind : `${kind} ${it.number}`;
  };
  const gone = left.gone || right.gone || !before || !after;
  return (
    <Modal wide title={t("compare.title")} close={close}>
      <div className="grid gap-4 p-4 sm:p-6">
        {gone ? (
          <p className="py-16 text-center text-soft">{t(sides.length < 2 ? "compare.one" : "compare.gone")}</p>
        ) : left.source && right.source ? (
          <View
            way={way}
            before={left.source}
            after={right.source}
            names={{ before: name(before), after: name(after) }}
          />
        ) : (
          <div className="skeleton mx-auto aspect-square max-h-[70dvh] w-full max-w-[70dvh]" />
        )}
        <div className="flex flex-wrap items-end justify-between gap-4">
          <fieldset className="flex flex-wrap gap-2">
            <legend className="sr-only">{t("compare.how")}</legend>
            {WAYS.map((it) => (
              <label
                key={it}
                className="relative flex min-h-11 items-center rounded-field border border-edge px-3 text-sm has-checked:border-blue has-checked:bg-[color-mix(in_oklab,var(--blue)_9%,transparent)] has-checked:font-semibold has-checked:text-blue has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-blue"
              >
                <input type="radio" name="way" className="sr-only" checked={way === it} onChange={() => setWay(it)} />
                {t(`compare.${it}`)}
              </label>
            ))}
          </fieldset>
          {sides.length > 2 && (
            <div className="flex flex-wrap gap-3">
              {(["before", "after"] as const).map((which) => (
                <label key={which} className="grid gap-1 text-sm">
                  {t(`compare.${which}`)}
                  <select
                    className="field w-auto"
                    value={chosen[which]}
                    onChange={(event) => setChosen({ ...chosen, [which]: event.target.value })}
                  >
                    {sides.map((it) => (
                      <option key={it.id} value={it.id}>
                        {name(it)}
                      </option>
                    ))}
                  </select>
                </label>
              ))}
            </div>
          )}
          {location.pathname !== "/library/" && (
            <Go href={`/library/?open=${job.id}`} className="press press-line">
              {t("compare.details")}
            </Go>
          )}
        </div>
      </div>
    </Modal>
  );
}

type Pair = { before: Source; after: Source; names: { before: string; after: string } };

function View({ way, ...pair }: Pair & { way: (typeof WAYS)[number] }) {
  if (way === "slider") return <Slider {...pair} />;
  return way === "sides" ? <Beside {...pair} /> : <Hold {...pair} />;
}

function Beside({ before, after, names }: Pair) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {[
        { source: before, name: names.before },
        { source: after, name: names.after },
      ].map(({ source, name }) => (
        <figure key={name} className="grid content-start gap-1.5">
          <img
            src={source.url}
            alt={name}
            width={source.width}
            height={source.height}
            className="max-h-[64dvh] w-full rounded-tile bg-sunk object-contain"
          />
          <figcaption className="edge-print text-center">{name}</figcaption>
        </figure>
      ))}
    </div>
  );
}

/** The result; while the button is held, what it began with. */
function Hold({ before, after, names }: Pair) {
  const { t } = useI18n();
  const [held, setHeld] = useState(false);
  const shape = {
    aspectRatio: `${after.width} / ${after.height}`,
    maxWidth: `calc(62dvh * ${after.width / after.height})`,
  };
  const release = () => setHeld(false);
  return (
    <div className="grid justify-items-center gap-3">
      <div className="relative w-full overflow-hidden rounded-tile bg-sunk" style={shape}>
        <img src={after.url} alt={names.after} className="absolute inset-0 size-full object-contain" />
        <img
          src={before.url}
          alt={names.before}
          className={`absolute inset-0 size-full bg-sunk object-contain ${held ? "" : "invisible"}`}
        />
        <span className="edge-print absolute start-2 top-2 rounded-tile bg-print px-1.5 py-0.5 text-print-light">
          {held ? names.before : names.after}
        </span>
      </div>
      <button
        type="button"
        aria-pressed={held}
        className="press press-line touch-none select-none"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setHeld(true);
        }}
        onPointerUp={release}
        onPointerCancel={release}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key !== " " && event.key !== "Enter") return;
          event.preventDefault();
          setHeld(true);
        }}
        onKeyUp={release}
        onBlur={release}
      >
        {t("compare.holding", { name: names.before })}
      </button>
    </div>
  );
}
