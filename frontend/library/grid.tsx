"use client";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Generation } from "@/api/client";
import { isOpen, stateOf } from "@/create/status";
import { useI18n } from "@/i18n/i18n";
import { Star } from "@/ui/icons";
import { Picture } from "@/ui/picture";
import { rows, step } from "./window";

const GAP = 6;
const LEAST = 200;

/** A wall of squares of which only those near the eye are drawn, so that ten thousand scroll as ten do. */
export function Grid({
  jobs,
  open,
  end,
}: {
  jobs: readonly Generation[];
  open: (id: string) => void;
  end: () => void;
}) {
  const { t, language } = useI18n();
  const wall = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState({ top: 0, sight: 900, width: 0 });
  const [focus, setFocus] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      const box = wall.current?.getBoundingClientRect();
      if (box) setAt({ top: Math.max(0, -box.top), sight: window.innerHeight, width: box.width });
    };
    look();
    const watch = new ResizeObserver(look);
    if (wall.current) watch.observe(wall.current);
    window.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      window.removeEventListener("scroll", look);
    };
  }, []);
  const columns = Math.max(2, Math.floor((at.width + GAP) / (LEAST + GAP)));
  const side = Math.max(0, (at.width - GAP * (columns - 1)) / columns);
  const count = Math.ceil(jobs.length / columns);
  const { first, last } = at.width === 0 ? { first: 0, last: 0 } : rows(count, side + GAP, at.top, at.sight);
  useEffect(() => {
    if (at.width > 0 && last >= count - 1) end();
  }, [last, count, at.width, end]);

  const go = (to: number) => {
    setFocus(to);
    const row = Math.floor(to / columns);
    const base = (wall.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    const top = base + row * (side + GAP);
    if (top < window.scrollY || top + side > window.scrollY + window.innerHeight) window.scrollTo({ top: top - 80 });
    requestAnimationFrame(() =>
      requestAnimationFrame(() => wall.current?.querySelector<HTMLElement>(`[data-at="${to}"]`)?.focus()),
    );
  };
  const shown = jobs.slice(first * columns, last * columns);
  return (
    <ul
      ref={wall}
      aria-label={t("library.grid")}
      className="relative"
      style={{ height: count * (side + GAP) }}
      onKeyDown={(event) => {
        const to = step(event.key, focus, jobs.length, columns, language === "ar" ? "ArrowLeft" : "ArrowRight");
        if (to === null || !(event.target as HTMLElement).dataset.at) return;
        event.preventDefault();
        go(to);
      }}
    >
      {shown.map((job, offset) => {
        const index = first * columns + offset;
        const image = job.images.find((it) => it.status === "delivered");
        return (
          <li
            key={job.id}
            aria-setsize={jobs.length}
            aria-posinset={index + 1}
            className="absolute"
            style={{
              width: side,
              height: side,
              top: Math.floor(index / columns) * (side + GAP),
              insetInlineStart: (index % columns) * (side + GAP),
            }}
          >
            <button
              type="button"
              data-at={index}
              tabIndex={index === Math.min(focus, jobs.length - 1) ? 0 : -1}
              onFocus={() => setFocus(index)}
              onClick={() => open(job.id)}
              aria-label={image ? undefined : `${job.prompt} · ${stateOf(job, t)}`}
              className="group relative size-full overflow-hidden rounded-tile bg-sunk"
            >
              {image ? (
                <Picture image={image} alt={job.prompt} size="thumbnail" className="size-full object-cover" />
              ) : (
                <span
                  className={`grid size-full content-end p-3 text-start text-sm ${isOpen(job) ? "developing text-print-light" : "text-soft"}`}
                >
                  <span className="font-semibold">{stateOf(job, t)}</span>
                  <span className="truncate">{job.prompt}</span>
                </span>
              )}
              {job.favourite && (
                <span className="absolute end-2 top-2 rounded-full bg-print p-1 text-print-light">
                  <Star className="size-4 fill-current" />
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
