"use client";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { useShortcuts } from "@/shortcuts/registry";
import { useGenerations } from "@/store/generations";
import { Composer } from "./composer";
import { Tile } from "./tile";

export function Create() {
  const { t } = useI18n();
  useShortcuts("create.title", [{ keys: ["Mod+Enter"], label: "keys.generate" }]);
  const jobs = useGenerations()
    .filter((it) => !it.deleted_at)
    .slice(0, 6);
  return (
    <>
      <h1 className="sr-only">{t("create.title")}</h1>
      <div className="grid items-start gap-8 pt-4 lg:grid-cols-[minmax(22rem,5fr)_7fr] lg:gap-12">
        <Composer empty={jobs.length === 0} />
        <section aria-label={t("create.recent")} className="grid gap-6">
          {jobs.length === 0 ? (
            <img
              src="/fern.webp"
              alt=""
              width={700}
              height={900}
              className="max-h-[72dvh] w-full rounded-tile object-cover"
            />
          ) : (
            jobs.map((job) => <Tile key={job.id} job={job} />)
          )}
        </section>
      </div>
    </>
  );
}
