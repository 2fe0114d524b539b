"use client";
import { type CSSProperties, type PointerEvent, useRef, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import type { Source } from "@/store/sources";
import { MIDDLE, moved, under } from "./position";

/** Two pictures in one frame with a line between them that is drawn across, by hand or by keys. */
export function Slider({
  before,
  after,
  names,
}: {
  before: Source;
  after: Source;
  names: { before: string; after: string };
}) {
  const { t, language } = useI18n();
  const [at, setAt] = useState(MIDDLE);
  const frame = useRef<HTMLDivElement>(null);
  const rtl = language === "ar";
  const follow = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect();
    if (box) setAt(under(event.clientX, box, rtl));
  };
  const cut: CSSProperties = { clipPath: rtl ? `inset(0 0 0 ${100 - at}%)` : `inset(0 ${100 - at}% 0 0)` };
  return (
    <div
      ref={frame}
      className="relative mx-auto max-h-[70dvh] w-full touch-pan-y overflow-hidden rounded-tile bg-sunk select-none"
      style={{
        aspectRatio: `${after.width} / ${after.height}`,
        maxWidth: `calc(70dvh * ${after.width / after.height})`,
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event);
      }}
    >
      <img src={after.url} alt={names.after} draggable={false} className="absolute inset-0 size-full object-contain" />
      <div className="absolute inset-0 bg-sunk" style={cut}>
        <img src={before.url} alt={names.before} draggable={false} className="size-full object-contain" />
      </div>
      <span
        className="edge-print absolute start-2 top-2 rounded-tile bg-print px-1.5 py-0.5 text-print-light"
        aria-hidden="true"
      >
        {names.before}
      </span>
      <span
        className="edge-print absolute end-2 top-2 rounded-tile bg-print px-1.5 py-0.5 text-print-light"
        aria-hidden="true"
      >
        {names.after}
      </span>
      <div
        role="slider"
        tabIndex={0}
        aria-label={t("compare.line")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={at}
        aria-valuetext={t("compare.share", { n: at, name: names.before })}
        className="group absolute inset-y-0 grid w-11 -translate-x-1/2 cursor-ew-resize place-items-center outline-none rtl:translate-x-1/2"
        style={{ insetInlineStart: `${at}%` }}
        onKeyDown={(event) => {
          const next = moved(event.key, at, rtl);
          if (next === null) return;
          event.preventDefault();
          // Arrows turn pages elsewhere.
          event.stopPropagation();
          setAt(next);
        }}
      >
        <span className="h-full w-0.5 bg-print-light shadow-[0_0_0_1px_var(--print)] [grid-area:1/1]" />
        <span className="grid size-11 place-items-center rounded-full border-2 border-print-light bg-print text-print-light [grid-area:1/1] group-focus-visible:outline-3 group-focus-visible:outline-offset-2 group-focus-visible:outline-blue">
          <svg
            viewBox="0 0 24 24"
            className="size-5"
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            aria-hidden="true"
          >
            <path d="m9 7-5 5 5 5M15 7l5 5-5 5" strokeLinecap="round" strokeLinejoin="round" />
          </svg>
        </span>
      </div>
    </div>
  );
}
