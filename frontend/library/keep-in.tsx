"use client";
import { useState } from "react";
import { api, ask, type Generation } from "@/api/client";
import { sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { put } from "@/store/generations";
import { toast } from "@/ui/toasts";
import { refreshCollections, useCollections } from "./collections";

/** Which collection a job is in. */
export function KeepIn({ job }: { job: Generation }) {
  const { t } = useI18n();
  const all = useCollections();
  const [busy, setBusy] = useState(false);
  if (!all || all.length === 0) return null;
  const move = async (collection: string | null) => {
    setBusy(true);
    try {
      const params = { path: { id: job.id } };
      put([await ask(api.PATCH("/api/v1/generations/{id}", { params, body: { collection } }))]);
      refreshCollections().catch(() => {});
    } catch (error) {
      toast(sentence(error, t));
    }
    setBusy(false);
  };
  return (
    <label className="grid gap-1 text-sm">
      {t("library.collection")}
      <select
        className="field"
        disabled={busy}
        value={all.some((it) => it.id === job.collection) ? (job.collection ?? "") : ""}
        onChange={(event) => move(event.target.value || null)}
      >
        <option value="">{t("library.takeOut")}</option>
        {all.map((it) => (
          <option key={it.id} value={it.id}>
            {it.name}
          </option>
        ))}
      </select>
    </label>
  );
}
