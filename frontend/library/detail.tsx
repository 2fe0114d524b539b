"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { Generation } from "@/api/client";
import { sentence } from "@/api/problem";
import { keep, recipe } from "@/create/draft";
import { isOpen, Status } from "@/create/status";
import { useI18n } from "@/i18n/i18n";
import { Again, Bin, Link as LinkIcon, Out, Star } from "@/ui/icons";
import { Modal } from "@/ui/modal";
import { Picture } from "@/ui/picture";
import { toast } from "@/ui/toasts";
import { favour, restore, throwAway } from "./change";
import { ShareForm } from "./share";

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
  const router = useRouter();
  const [chosen, setChosen] = useState(0);
  const [sharing, setSharing] = useState(false);
  const image = job.images[chosen] ?? job.images[0];
  const neighbour = (by: number) => (by > 0 ? next : previous);

  useEffect(() => {
    const forward = language === "ar" ? "ArrowLeft" : "ArrowRight";
    const turn = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const to = neighbour(event.key === forward ? 1 : -1);
      if (to) show(to);
    };
    window.addEventListener("keydown", turn);
    return () => window.removeEventListener("keydown", turn);
  });

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
  const reuse = () => {
    keep(sessionStorage, recipe(job, chosen));
    router.push("/create/");
  };
  const date = (moment: string) => new Date(moment).toLocaleDateString(language, { dateStyle: "medium" });
  if (!image) return null;
  return (
    <Modal wide title={job.prompt} close={() => show(null)}>
      <div className="grid lg:grid-cols-[1fr_20rem]">
        <div className="grid min-h-60 place-items-center bg-sunk p-3 sm:p-6">
          <Picture
            image={image}
            alt={job.prompt}
            size="display"
            className={`max-h-[78dvh] w-auto max-w-full rounded-tile ${isOpen(job) ? "developing w-full" : ""} ${image.status === "delivered" ? "" : "w-full max-w-md"}`}
          />
          {job.images.length > 1 && (
            <div className="mt-3 flex gap-2">
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
            <dd dir="ltr">
              {image.width} × {image.height}
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
            <button type="button" className="press press-blue" onClick={reuse}>
              <Again /> {t("act.reuse")}
            </button>
            {job.deleted_at ? (
              <button type="button" className="press press-line" onClick={bring}>
                {t("act.restore")}
              </button>
            ) : (
              <>
                <button
                  type="button"
                  className="press press-line"
                  aria-pressed={job.favourite}
                  onClick={() => act(favour(job, !job.favourite))}
                >
                  <Star className={`size-5 ${job.favourite ? "fill-current" : ""}`} /> {t("act.favourite")}
                </button>
                {image.url && (
                  <a href={image.url} target="_blank" rel="noreferrer" className="press press-line">
                    <Out /> {t("act.download")}
                  </a>
                )}
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
          <div className="flex justify-between">
            <Turn label={t("act.previous")} to={neighbour(-1)} show={show} />
            <Turn label={t("act.next")} to={neighbour(1)} show={show} />
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
