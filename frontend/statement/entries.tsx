"use client";
import { useState } from "react";
import type { StatementLine } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { Go } from "@/ui/go";
import { reason, titleOf } from "./lines";

type Lines = { lines: readonly StatementLine[] };

export function Table({ lines }: Lines) {
  const { t, language } = useI18n();
  const head = "border-b pb-2 text-start text-sm font-semibold text-soft";
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">{t("statement.title")}</caption>
      <thead>
        <tr>
          <th scope="col" className={head}>
            {t("statement.date")}
          </th>
          <th scope="col" className={head}>
            {t("statement.what")}
          </th>
          <th scope="col" className={`${head} ps-6 text-end!`}>
            {t("statement.change")}
          </th>
          <th scope="col" className={`${head} ps-6 text-end!`}>
            {t("statement.balance")}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.number} className="border-b align-middle">
            <td className="py-2.5 pe-8 text-sm whitespace-nowrap text-soft">
              <Moment at={line.at} language={language} />
            </td>
            <td className="w-full max-w-0 py-2.5 pe-4">
              <What line={line} />
            </td>
            <td className="min-w-24 py-2.5 ps-4 text-end whitespace-nowrap">
              <Change line={line} />
            </td>
            <td className="py-2.5 ps-10 text-end font-mono text-sm" dir="ltr">
              {new Intl.NumberFormat(language).format(line.balance)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function List({ lines }: Lines) {
  const { t, language } = useI18n();
  return (
    <ol aria-label={t("statement.title")} className="border-t">
      {lines.map((line) => (
        <li key={line.number} className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-0.5 border-b py-3">
          <What line={line} />
          <span className="pt-0.5 text-end">
            <Change line={line} />
          </span>
          <span className="col-span-2 flex justify-between gap-4 text-sm text-soft">
            <Moment at={line.at} language={language} />
            <span>
              {t("statement.balance")}{" "}
              <span className="font-mono text-xs" dir="ltr">
                {new Intl.NumberFormat(language).format(line.balance)}
              </span>
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function Moment({ at, language }: { at: string; language: string }) {
  return (
    <time dateTime={at}>{new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" })}</time>
  );
}

/** A plus is written out: what came in is not told by its colour alone. */
function Change({ line: { change, kind, used } }: { line: StatementLine }) {
  const { t, language } = useI18n();
  const figure = new Intl.NumberFormat(language, { signDisplay: "exceptZero" }).format(change);
  return (
    <>
      <span className={`font-mono ${change > 0 ? "font-semibold" : change === 0 ? "text-soft" : ""}`} dir="ltr">
        {figure}
      </span>
      {kind === "close" && used > 0 && (
        <span className="block text-xs text-soft">{t("statement.used", { n: used })}</span>
      )}
    </>
  );
}

function What({ line }: { line: StatementLine }) {
  const { t } = useI18n();
  const words = (
    <span className="min-w-0">
      <span className="block leading-snug">{reason(line, t)}</span>
      {line.prompt ? (
        <span dir="auto" className="block truncate text-sm text-soft group-hover:text-blue">
          {line.prompt}
        </span>
      ) : (
        <span className="block text-sm text-soft">
          {line.generation_id ? t("statement.jobGone") : titleOf(line.kind, t)}
        </span>
      )}
    </span>
  );
  if (!line.generation_id || !line.prompt)
    return (
      <span className="flex items-center gap-3">
        <Small line={line} />
        {words}
      </span>
    );
  return (
    <Go
      href={`/library/?open=${line.generation_id}`}
      className="group flex min-h-11 items-center gap-3 underline decoration-transparent underline-offset-4 hover:decoration-current"
    >
      <Small line={line} />
      {words}
    </Go>
  );
}

/** The picture beside its line; a plain print where there is none, or its address is over. */
function Small({ line: { thumbnail_url, placeholder, generation_id, change } }: { line: StatementLine }) {
  const [broken, setBroken] = useState(false);
  if (!generation_id)
    return (
      <span
        aria-hidden="true"
        className="grid size-11 shrink-0 place-items-center rounded-tile border font-mono text-soft"
      >
        {change < 0 ? "−" : "+"}
      </span>
    );
  if (!thumbnail_url || broken)
    return (
      <span
        className="size-11 shrink-0 rounded-tile bg-sunk bg-cover"
        style={placeholder ? { backgroundImage: `url("${placeholder}")` } : undefined}
      />
    );
  return (
    <img
      src={thumbnail_url}
      alt=""
      width={44}
      height={44}
      loading="lazy"
      decoding="async"
      onError={() => setBroken(true)}
      className="size-11 shrink-0 rounded-tile bg-sunk bg-cover object-cover"
      style={placeholder ? { backgroundImage: `url("${placeholder}")` } : undefined}
    />
  );
}
