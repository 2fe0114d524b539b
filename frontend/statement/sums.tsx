"use client";
import { useI18n } from "@/i18n/i18n";
import type { Figures } from "./lines";

/** What the lines add up to, written so that it can be checked by eye. */
export function Sums({
  figures: { first, received, pictures, ended, last },
  about,
  now,
  unlimited,
}: {
  figures: Figures;
  about: string;
  /** The balance in the header, where the lines reach up to now. */
  now: number | null;
  unlimited: boolean;
}) {
  const { t, language } = useI18n();
  const plain = new Intl.NumberFormat(language);
  const signed = new Intl.NumberFormat(language, { signDisplay: "exceptZero" });
  const rows = [
    [t("statement.before"), plain.format(first)],
    [t("statement.group.received"), signed.format(received)],
    [t("statement.group.pictures"), signed.format(pictures)],
    [t("statement.group.ended"), signed.format(ended)],
    [t("statement.after"), plain.format(last)],
  ] as const;
  return (
    <section aria-label={about} className="grid gap-3 rounded-xl bg-sunk p-5">
      <h2 className="text-base font-semibold tracking-normal">{about}</h2>
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1.5 sm:grid-cols-5">
        {rows.map(([name, value], n) => (
          <div
            key={name}
            className={`col-span-2 grid grid-cols-subgrid items-baseline sm:col-span-1 sm:flex sm:flex-col-reverse sm:gap-0.5 ${n === 4 ? "font-semibold" : ""}`}
          >
            <dt className={`text-sm ${n === 4 ? "" : "text-soft"}`}>{name}</dt>
            <dd className="text-end font-mono sm:text-start sm:text-xl" dir="ltr">
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {unlimited && <p className="text-sm text-soft">{t("statement.unlimited")}</p>}
      {now !== null && now !== last && <p className="text-sm text-soft">{t("statement.lapsing", { n: now })}</p>}
    </section>
  );
}
