"use client";
import { useState } from "react";
import type { Generation } from "@/api/client";
import { sentence } from "@/api/problem";
import { CompareButton } from "@/compare/button";
import { isOpen, Status } from "@/create/status";
import { UseAsInput } from "@/create/use-as-input";
import { useI18n } from "@/i18n/i18n";
import { useShortcuts } from "@/shortcuts/registry";
import { Bin, Link as LinkIcon, Star } from "@/ui/icons";
import { Modal } from "@/ui/modal";
import { Picture } from "@/ui/picture";
import { toast } from "@/ui/toasts";
import { favour, restore, throwAway } from "./change";
import { Download } from "./download";
import { KeepIn } from "./keep-in";
import { Lineage } from "./lineage";
import { Recall } from "./recall";
import { ShareForm } from "./share";
import { Viewer } from "./viewer";

/** One job large, with everything that can be done with it. */
export function Detail({
  job,
  next,
  previous,
  show,
}: {
  job: Generation;
  next: string | null;
  previous: string | null;
  show: (id: string | null) => void;
}) {
  const { t, language } = useI18n();
  const [chosen, setChosen] = useState(0);
  const [sharing, setSharing] = useState(false);
  const image = job.images[chosen] ?? job.images[0];
  const turn = (by: 1 | -1) => {
    const to = by > 0 ? next : previous;
    if (to) show(to);
  };

  const act = (doing: Promise<void>) => doing.catch((error: unknown) => toast(sentence(error, t)));
  const bring = () =>
    act(
      restore({ ...job }).then(() => {
        toast(t("library.restored"));
      }),
    );
  const drop = () =>
    act(
      throwAway(job).then(() => {
        show(null);
        toast(t("library.deleted"), bring);
      }),
    );
  useShortcuts(
    "library.grid",
    [
      ...(job.deleted_at ? [] : [{ keys: ["f"], label: "keys.favourite" as const, run: () => favourite() }]),
      ...(job.deleted_at || isOpen(job)
        ? []
        : [{ keys: ["Delete", "Backspace"], label: "keys.delete" as const, run: () => drop() }]),
      { keys: ["Escape"], label: "keys.close" },
    ],
    1,
  );
  const favourite = () => act(favour(job, !job.favourite));
  const date = (moment: string) => new Date(moment).toLocaleDateString(language, { dateStyle: "medium" });
  if (!image) return null;
  return (
    <Modal wide title={job.prompt} close={() => show(null)}>
      <div className="grid lg:grid-cols-[1fr_20rem]">
        <div className="grid min-h-60 content-center bg-sunk p-3 sm:p-6">
          {image.status === "delivered" && image.display_url ? (
            <Viewer key={image.index} image={image} alt={job.prompt} turn={turn} />
          ) : (
            <Picture
              image={image}
              alt={job.prompt}
              size="display"
              className={`mx-auto max-h-[70dvh] w-full max-w-md rounded-tile ${isOpen(job) ? "developing" : "bg-sunk"}`}
            />
          )}
          {job.images.length > 1 && (
            <div className="mt-3 flex justify-center gap-2">
              {job.images.map((it) => (
                <button
                  key={it.index}
                  type="button"
                  aria-label={t("detail.image", { n: it.index + 1, of: job.images.length })}
                  aria-pressed={it.index === chosen}
                  onClick={() => setChosen(it.index)}
                  className="size-14 overflow-hidden rounded-tile border-2 border-transparent aria-pressed:border-blue"
                >
                  <Picture image={it} alt="" size="thumbnail" className="size-full bg-sunk object-cover" />
                </button>
              ))}
            </div>
          )}
        </div>
        <div className="grid content-start gap-5 p-5">
          <p dir="auto" className="text-lg leading-snug">
            {job.prompt}
          </p>
          {job.status !== "succeeded" && <Status job={job} />}
          <dl className="edge-print grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 [&_dd]:text-ink">
            <dt>{t("create.model")}</dt>
            <dd>{job.model}</dd>
            <dt>{t("detail.size")}</dt>
            <dd>
              <bdi dir="ltr">
                {image.width} × {image.height}
              </bdi>
            </dd>
            <dt>{t("detail.seed")}</dt>
            <dd>{image.seed}</dd>
            <dt>{t("detail.made")}</dt>
            <dd>{date(job.created_at)}</dd>
            {job.expires_at && (
              <>
                <dt>{t("detail.kept")}</dt>
                <dd>{date(job.deleted_at && job.restorable_until ? job.restorable_until : job.expires_at)}</dd>
              </>
            )}
          </dl>
          <div className="grid gap-2">
            <Recall job={job} index={chosen} />
            <CompareButton job={job} index={chosen} />
            <UseAsInput job={job} index={chosen} />
            {job.deleted_at ? (
              <button type="button" className="press press-line" onClick={bring}>
                {t("act.restore")}
              </button>
            ) : (
              <>
                <button type="button" className="press press-line" aria-pressed={job.favourite} onClick={favourite}>
                  <Star className={`size-5 ${job.favourite ? "fill-current" : ""}`} /> {t("act.favourite")}
                </button>
                {image.url && <Download job={job} image={image} />}
                {!isOpen(job) && image.status === "delivered" && (
                  <button
                    type="button"
                    className="press press-line"
                    aria-expanded={sharing}
                    onClick={() => setSharing(!sharing)}
                  >
                    <LinkIcon /> {t("act.share")}
                  </button>
                )}
                {sharing && <ShareForm job={job} />}
                {!isOpen(job) && (
                  <button type="button" className="press press-line" onClick={drop}>
                    <Bin /> {t("act.delete")}
                  </button>
                )}
              </>
            )}
          </div>
          {!job.deleted_at && <KeepIn job={job} />}
          <Lineage job={job} show={show} />
          <div className="flex justify-between">
            <Turn label={t("act.previous")} to={previous} show={show} />
            <Turn label={t("act.next")} to={next} show={show} />
          </div>
        </div>
      </div>
    </Modal>
  );
}

function Turn({ label, to, show }: { label: string; to: string | null; show: (id: string) => void }) {
  return (
    <button
      type="button"
      disabled={!to}
      className="min-h-11 px-1 text-sm underline underline-offset-4 disabled:invisible"
      onClick={() => to && show(to)}
    >
      {label}
    </button>
  );
}
