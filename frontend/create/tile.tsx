"use client";
import { lazy, Suspense, useState } from "react";
import { api, ask, type Generation, newKey } from "@/api/client";
import { Problem, sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { useCatalog } from "@/store/catalog";
import { put } from "@/store/generations";
import { Go } from "@/ui/go";
import { Halves } from "@/ui/icons";
import { Picture } from "@/ui/picture";
import { toast } from "@/ui/toasts";
import { modeOf } from "./draft";
import { type Frame, framesOf } from "./frames";
import type { Pending } from "./pending";
import { isOpen, Status } from "./status";
import { Steps, Way } from "./steps";
import { UseAsInput } from "./use-as-input";
import { Variations } from "./variations";

const Compare = lazy(() => import("@/compare/compare").then((it) => ({ default: it.Compare })));

/** A job on its way and after: its shape is there at once, so nothing moves when the picture comes. */
export function Tile({ job }: { job: Generation }) {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [compared, setCompared] = useState<number | null>(null);
  const open = isOpen(job);
  const { catalog } = useCatalog();
  const frames = framesOf(job, catalog?.models.find((it) => it.id === job.model)?.sizes);
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
  const delivered = job.images.filter((it) => it.status === "delivered");
  // What ended without a picture takes no room for one.
  const shown = open || delivered.length > 0;
  // What came from a picture is looked at beside it.
  const comparing = modeOf(job) === "picture" && !open && delivered.length > 0;
  const picture = (image: Generation["images"][number]) => (
    <Picture
      image={image}
      alt={job.prompt}
      size="display"
      className={`w-full ${open && image.status === "pending" ? "developing" : "bg-sunk"} max-h-[70dvh] object-contain`}
    />
  );
  return (
    <article aria-label={job.prompt} data-status={job.status} className="overflow-hidden rounded-tile border bg-sheet">
      {shown && (
        <div className={job.images.length + frames.length > 1 ? "grid grid-cols-2 gap-px" : ""}>
          {frames.map((it) => (
            <Room key={it.index} frame={it} />
          ))}
          {job.images.map((image) => (
            <div key={image.index} className="group relative">
              {comparing && image.status === "delivered" ? (
                <button type="button" className="block w-full" onClick={() => setCompared(image.index)}>
                  {picture(image)}
                  <span className="sr-only">{t("compare.title")}</span>
                </button>
              ) : (
                <Go href={address} className="block">
                  {picture(image)}
                  {image.status !== "delivered" && <span className="sr-only">{t("act.open")}</span>}
                </Go>
              )}
              {image.status === "delivered" && <UseAsInput job={job} index={image.index} onPicture />}
            </div>
          ))}
        </div>
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
        {/* First, so that it stays where it is whatever comes below it. */}
        <p className="edge-print w-full truncate" dir="auto">
          {job.prompt}
        </p>
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
        {!open && delivered.length > 0 && (
          <div className="flex flex-wrap gap-2">
            {(comparing || delivered.length > 1) && (
              <button
                type="button"
                className="press press-line px-3"
                onClick={() => setCompared(delivered[0]?.index ?? 0)}
              >
                <Halves /> {t("compare.go")}
              </button>
            )}
            <Variations job={job} />
          </div>
        )}
        {open && <Way job={job} />}
      </div>
      {compared !== null && (
        <Suspense>
          <Compare job={job} index={compared} close={() => setCompared(null)} />
        </Suspense>
      )}
    </article>
  );
}

function Room({ frame: { width, height } }: { frame: Frame }) {
  return <div className="developing max-h-[70dvh] w-full" style={{ aspectRatio: `${width} / ${height}` }} />;
}

/** An order that the service has not answered yet. */
export function HeldTile({ pending: { prompt, width, height, count } }: { pending: Pending }) {
  const { t } = useI18n();
  return (
    <article aria-label={prompt} data-status="held" className="overflow-hidden rounded-tile border bg-sheet">
      <div className={count > 1 ? "grid grid-cols-2 gap-px" : ""}>
        {Array.from({ length: count }, (_, index) => ({ index, width, height })).map((it) => (
          <Room key={it.index} frame={it} />
        ))}
      </div>
      <div className="grid gap-2 px-4 py-3">
        <p className="edge-print truncate" dir="auto">
          {prompt}
        </p>
        <p className="flex min-h-11 items-center text-sm font-semibold text-sun">{t("step.holding")}</p>
        <Steps at="held" />
      </div>
    </article>
  );
}
