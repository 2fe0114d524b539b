"use client";
import { useEffect, useRef } from "react";
import { useI18n } from "@/i18n/i18n";
import { type Section, sizeOf } from "./list";

type Props = { sections: readonly Section[]; at: string | null; jump: (month: string) => void };

const monthsOf = (sections: readonly Section[]) =>
  sections.flatMap((it) => (it.month === null ? [] : [{ month: it.month, count: sizeOf(it) }]));
const name = (month: string, language: string, how: "short" | "long") =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString(language, { month: how, year: "numeric", timeZone: "UTC" });

/** The months of the library beside the wall, each to go to. */
export function Rail({ sections, at, jump }: Props) {
  const { t, language } = useI18n();
  const list = useRef<HTMLOListElement>(null);
  // The month in sight is in sight here too.
  useEffect(() => {
    const here = at && list.current?.querySelector<HTMLElement>(`[data-month="${at}"]`);
    if (here && list.current) list.current.scrollTop = here.offsetTop - list.current.clientHeight / 2;
  }, [at]);
  const months = monthsOf(sections);
  if (months.length < 2) return null;
  return (
    <nav aria-label={t("library.jump")} className="sticky top-4 hidden w-max min-w-22 shrink-0 self-start lg:block">
      <ol ref={list} className="relative max-h-[calc(100dvh-2rem)] overflow-y-auto [scrollbar-width:none]">
        {months.map(({ month, count }) => (
          <li key={month} data-month={month}>
            <button
              type="button"
              aria-current={month === at ? "true" : undefined}
              aria-label={`${name(month, language, "long")} · ${t("library.count", { n: count })}`}
              onClick={() => jump(month)}
              className="edge-print flex min-h-11 w-full items-center gap-2 whitespace-nowrap outline-offset-[-2px] before:h-px before:w-2 before:shrink-0 before:bg-edge hover:text-blue aria-[current=true]:text-ink aria-[current=true]:before:w-4 aria-[current=true]:before:bg-ink"
            >
              {name(month, language, "short")}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The same where there is no room beside the wall. */
export function Jump({ sections, at, jump }: Props) {
  const { t, language } = useI18n();
  const months = monthsOf(sections);
  if (months.length < 2) return null;
  return (
    <label className="mb-3 flex items-center gap-3 text-sm lg:hidden">
      <span className="shrink-0">{t("library.jump")}</span>
      <select
        className="field min-w-0 sm:w-auto"
        value={at ?? months[0]?.month}
        onChange={(event) => jump(event.target.value)}
      >
        {months.map(({ month, count }) => (
          <option key={month} value={month}>
            {name(month, language, "long")} · {count}
          </option>
        ))}
      </select>
    </label>
  );
}
