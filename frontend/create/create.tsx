"use client";
import "@/i18n/en-rest";
import { useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { useShortcuts } from "@/shortcuts/registry";
import { useGenerations } from "@/store/generations";
import { Composer } from "./composer";
import type { Mode } from "./draft";
import { Examples } from "./examples";
import { usePending } from "./pending";
import { HeldTile, Tile } from "./tile";

export function Create({ mode }: { mode: Mode }) {
  const { t } = useI18n();
  const [offered, setOffered] = useState<{ prompt: string } | null>(null);
  useShortcuts(mode === "words" ? "create.title" : "create.titlePicture", [
    { keys: ["Mod+Enter"], label: "keys.generate" },
  ]);
  const jobs = useGenerations()
    .filter((it) => !it.deleted_at)
    .slice(0, 6);
  const pending = usePending(jobs);
  const empty = jobs.length === 0 && pending.length === 0;
  return (
    <>
      <h1 className="sr-only">{t(mode === "words" ? "create.title" : "create.titlePicture")}</h1>
      <div className="flex flex-col gap-6 pt-4 max-lg:min-h-[calc(100dvh-8rem)] lg:grid lg:grid-cols-[minmax(22rem,5fr)_7fr] lg:items-start lg:gap-12">
        <div className="contents lg:sticky lg:top-6 lg:block">
          <Composer mode={mode} empty={empty} offered={offered} />
        </div>
        <section aria-label={t("create.recent")} className="grid grow gap-6 max-lg:content-start">
          {empty ? (
            <>
              <img
                src="/fern.webp"
                alt=""
                width={700}
                height={900}
                className="max-h-[38dvh] w-full rounded-tile object-cover lg:max-h-[72dvh]"
              />
              {mode === "words" && (
                <div className="lg:hidden">
                  <Examples choose={(prompt) => setOffered({ prompt })} />
                </div>
              )}
            </>
          ) : (
            <>
              {pending.map((it) => (
                <HeldTile key={it.key} pending={it} />
              ))}
              {jobs.map((job) => (
                <Tile key={job.id} job={job} />
              ))}
            </>
          )}
        </section>
      </div>
    </>
  );
}
