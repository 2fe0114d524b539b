"use client";
import { useState } from "react";
import { api, ask, type Generation, newKey } from "@/api/client";
import { Problem, sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { put } from "@/store/generations";
import { Go } from "@/ui/go";
import { Picture } from "@/ui/picture";
import { toast } from "@/ui/toasts";
import { isOpen, Status } from "./status";

/** A job on its way and after: its shape is there at once, so nothing moves when the picture comes. */
export function Tile({ job }: { job: Generation }) {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const open = isOpen(job);
  const act = async (call: () => Promise<Generation>) => {
    setBusy(true);
    try {
      put([await call()]);
    } catch (error) {
      // Ended in the same moment: the live update says how.
      if (!(error instanceof Problem && error.code === "already-ended")) toast(sentence(error, t));
    }
    setBusy(false);
  };
  const path = { id: job.id };
  const address = `/library/?open=${job.id}`;
  // What ended without a picture takes no room for one.
  const shown = open || job.images.some((it) => it.status === "delivered");
  return (
    <article aria-label={job.prompt} data-status={job.status} className="overflow-hidden rounded-tile border bg-sheet">
      {shown && (
        <Go href={address} className={job.images.length > 1 ? "grid grid-cols-2 gap-px" : "block"}>
          {job.images.map((image) => (
            <Picture
              key={image.index}
              image={image}
              alt={job.prompt}
              size="display"
              className={`w-full ${open && image.status === "pending" ? "developing" : "bg-sunk"} max-h-[70dvh] object-contain`}
            />
          ))}
          {job.images.every((it) => it.status !== "delivered") && <span className="sr-only">{t("act.open")}</span>}
        </Go>
      )}
      {open && (
        <div
          role="progressbar"
          aria-label={job.prompt}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(job.progress * 100)}
          className="h-1 bg-sunk"
        >
          <div
            className="h-full bg-sun transition-[width] duration-500"
            style={{ width: `${Math.max(3, job.progress * 100)}%` }}
          />
        </div>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3">
        <Status job={job} />
        {open && (
          <button
            type="button"
            disabled={busy}
            className="press press-line"
            onClick={() => act(() => ask(api.POST("/api/v1/generations/{id}/cancel", { params: { path } })))}
          >
            {t("act.cancel")}
          </button>
        )}
        {!open && job.status !== "succeeded" && (
          <button
            type="button"
            disabled={busy}
            className="press press-line"
            onClick={() =>
              act(() => ask(api.POST("/api/v1/generations/{id}/retry", { params: { path, ...newKey() } })))
            }
          >
            {t("act.retry")}
          </button>
        )}
        <p className="edge-print w-full truncate" dir="auto">
          {job.prompt}
        </p>
      </div>
    </article>
  );
}
