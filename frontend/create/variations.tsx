"use client";
import { useRef, useState } from "react";
import { api, ask, type Generation, newKey } from "@/api/client";
import { Problem, sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { useCatalog } from "@/store/catalog";
import { put } from "@/store/generations";
import { refreshMe, useMe } from "@/store/me";
import { startOf } from "@/store/sources";
import { Several } from "@/ui/icons";
import { toast } from "@/ui/toasts";
import { order, recipe } from "./draft";

/** The same recipe again with other seeds; as many pictures as the plan makes at once. */
export function Variations({ job }: { job: Generation }) {
  const { t } = useI18n();
  const me = useMe();
  const { catalog } = useCatalog();
  const [busy, setBusy] = useState(false);
  // One wish, one key: pressed again after a lost answer, it is the same order.
  const key = useRef<ReturnType<typeof newKey> | null>(null);
  const model = catalog?.models.find((it) => it.id === job.model);
  if (!model || !me) return null;
  const count = Math.min(4, me.limits.images_per_job);
  const starts = job.inputs.flatMap((it) => startOf(it) ?? []);
  const go = async () => {
    setBusy(true);
    key.current ??= newKey();
    const body = order({ ...recipe(job), seed: null, count }, model, starts);
    try {
      put([await ask(api.POST("/api/v1/generations", { body, params: key.current }))]);
      key.current = null;
      refreshMe().catch(() => {});
    } catch (error) {
      if (error instanceof Problem && error.status >= 400 && error.status < 500) key.current = null;
      toast(sentence(error, t));
    }
    setBusy(false);
  };
  const price = count * model.credits_per_image;
  return (
    <button
      type="button"
      disabled={busy}
      className="press press-line px-3"
      title={t("create.variationsWhat")}
      onClick={go}
    >
      <Several /> {me.credits.unlimited ? t("create.variationsFree") : t("create.variations", { n: price })}
    </button>
  );
}
