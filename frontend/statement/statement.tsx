"use client";
import { type ReactNode, useState } from "react";
import { sentence } from "@/api/problem";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { Needed } from "@/session/needed";
import { useMe } from "@/store/me";
import { Go } from "@/ui/go";
import { useWide } from "@/ui/use-wide";
import { List, Table } from "./entries";
import { FileButton } from "./file-button";
import { figures, GROUPS, type Group, monthOf, months } from "./lines";
import { Sums } from "./sums";
import { useLines } from "./use-lines";

/** Where every credit came from and went. */
export function Statement() {
  const { t } = useI18n();
  const waiting = (
    <div className="grid gap-3" aria-hidden="true">
      {[1, 2, 3, 4, 5, 6].map((it) => (
        <div key={it} className="skeleton h-14" />
      ))}
    </div>
  );
  return (
    <div className="grid gap-8 pt-8">
      <div className="grid gap-3">
        <h1 className="text-[clamp(2.2rem,4.5vw,3.4rem)] font-extrabold">{t("statement.title")}</h1>
        <p className="max-w-[56ch] text-lg text-soft">{t("statement.lead")}</p>
      </div>
      <Needed waiting={waiting}>
        <Book waiting={waiting} />
      </Needed>
    </div>
  );
}

function Book({ waiting }: { waiting: ReactNode }) {
  const { t, language } = useI18n();
  const me = useMe();
  const wide = useWide();
  const { lines, cursor, begun, busy, error, more, refresh } = useLines();
  const [group, setGroup] = useState<Group | "">("");
  const [month, setMonth] = useState("");
  const now = monthOf(new Date().toISOString());
  const monthName = (it: string) =>
    new Date(`${it}-15T12:00:00`).toLocaleDateString(language, { month: "long", year: "numeric" });

  const inMonth = month ? lines.filter((it) => monthOf(it.at) === month) : lines;
  const shown = group ? inMonth.filter((it) => GROUPS[group].includes(it.kind)) : inMonth;
  const last = lines.at(-1);
  const whole = cursor === null || (month !== "" && last !== undefined && monthOf(last.at) < month);
  const sums = begun ? figures(inMonth) : null;

  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="grid grow grid-cols-2 gap-3 sm:flex sm:grow-0">
          <label className="grid gap-1 text-sm">
            {t("statement.month")}
            <select
              className="field text-base sm:min-w-48"
              value={month}
              onChange={({ target: { value } }) => {
                setMonth(value);
                if (value) more(value);
              }}
            >
              <option value="">{t("statement.allMonths")}</option>
              {months(lines, cursor !== null, now).map((it) => (
                <option key={it} value={it}>
                  {monthName(it)}
                </option>
              ))}
            </select>
          </label>
          <label className="grid gap-1 text-sm">
            {t("statement.kind")}
            <select
              className="field text-base sm:min-w-48"
              value={group}
              onChange={(event) => setGroup(event.target.value as Group | "")}
            >
              <option value="">{t("statement.allKinds")}</option>
              {(Object.keys(GROUPS) as Group[]).map((it) => (
                <option key={it} value={it}>
                  {t(`statement.group.${it}`)}
                </option>
              ))}
            </select>
          </label>
        </div>
        <FileButton />
      </div>
      {!begun && error === null && waiting}
      {error !== null && (
        <p role="alert" className="text-bad">
          {sentence(error, t)}{" "}
          <button
            type="button"
            className="min-h-11 underline underline-offset-4"
            onClick={() => (begun && cursor ? more(month || undefined) : refresh())}
          >
            {t("act.retry")}
          </button>
        </p>
      )}
      {sums && (
        <Sums
          figures={sums}
          about={
            month ? monthName(month) : whole ? t("statement.sinceStart") : t("statement.latest", { n: lines.length })
          }
          now={!month || month === now ? (me?.credits.available ?? null) : null}
          unlimited={me?.credits.unlimited ?? false}
        />
      )}
      {shown.length > 0 && (wide ? <Table lines={shown} /> : <List lines={shown} />)}
      {begun && shown.length === 0 && whole && (
        <div className="grid justify-items-start gap-4 border-t py-10">
          <p className="text-lg">{t(lines.length === 0 ? "statement.empty" : "statement.nothing")}</p>
          {lines.length === 0 ? (
            <Go href="/create/" className="press press-blue">
              {t("home.start")}
            </Go>
          ) : (
            <button
              type="button"
              className="press press-line"
              onClick={() => {
                setGroup("");
                setMonth("");
              }}
            >
              {t("library.clear")}
            </button>
          )}
        </div>
      )}
      {begun && !whole && error === null && (
        <div role="status" className="flex min-h-11 items-center">
          {busy ? (
            <span className="text-soft">{t("statement.reading", { n: lines.length })}</span>
          ) : (
            <button type="button" className="press press-line" onClick={() => more(month || undefined)}>
              {t("statement.more")}
            </button>
          )}
        </div>
      )}
    </>
  );
}
