"use client";
import { useEffect, useState } from "react";
import { api, ask, type Generation } from "@/api/client";
import type { components } from "@/api/schema";
import { useI18n } from "@/i18n/i18n";
import { put, useGeneration, useGenerations } from "@/store/generations";
import { Picture } from "@/ui/picture";

/** Where a picture comes from and what became of it. Of what was made from it, those jobs that this page knows. */
export function Lineage({ job, show }: { job: Generation; show: (id: string) => void }) {
  const { t } = useI18n();
  const known = useGenerations();
  const isChild = (it: Generation) =>
    !it.deleted_at &&
    (it.parent === job.id || it.retry_of === job.id || it.inputs.some((from) => from.generation_id === job.id));
  const children = known.filter(isChild).slice(0, 12);
  return (
    <>
      {job.inputs.length > 0 && (
        <Row title={t("detail.from")}>
          {job.inputs.map((it) =>
            it.generation_id ? (
              <Relative
                key={`${it.generation_id} ${it.index}`}
                id={it.generation_id}
                index={it.index ?? 0}
                show={show}
              />
            ) : it.upload_id ? (
              <Upload key={it.upload_id} id={it.upload_id} />
            ) : null,
          )}
        </Row>
      )}
      {job.retry_of && (
        <Row title={t("detail.retryOf")}>
          <Relative id={job.retry_of} index={0} show={show} />
        </Row>
      )}
      {children.length > 0 && (
        <Row title={t("detail.children")}>
          {children.map((it) => (
            <Relative key={it.id} id={it.id} index={0} show={show} />
          ))}
        </Row>
      )}
    </>
  );
}

function Row({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-2">
      <h3 className="edge-print">{title}</h3>
      <div className="flex flex-wrap gap-2">{children}</div>
    </section>
  );
}

function Relative({ id, index, show }: { id: string; index: number; show: (id: string) => void }) {
  const { t } = useI18n();
  const job = useGeneration(id);
  const [gone, setGone] = useState(false);
  const known = job !== undefined;
  useEffect(() => {
    if (known) return;
    ask(api.GET("/api/v1/generations/{id}", { params: { path: { id } } })).then(
      (it) => put([it]),
      () => setGone(true),
    );
  }, [id, known]);
  if (!job) return gone ? <Gone /> : <div aria-hidden="true" className="skeleton size-16" />;
  const image = job.images[index] ?? job.images[0];
  return (
    <button
      type="button"
      aria-label={t("detail.openJob", { prompt: job.prompt })}
      onClick={() => show(id)}
      className="size-16 overflow-hidden rounded-tile border hover:border-blue"
    >
      {image && <Picture image={image} alt="" size="thumbnail" className="size-full bg-sunk object-cover" />}
    </button>
  );
}

function Gone() {
  const { t } = useI18n();
  return (
    <p className="grid size-16 place-items-center rounded-tile bg-sunk p-1 text-center text-xs text-soft">
      {t("detail.gone")}
    </p>
  );
}

function Upload({ id }: { id: string }) {
  const { t } = useI18n();
  const [upload, setUpload] = useState<components["schemas"]["Upload"] | null>(null);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    ask(api.GET("/api/v1/uploads/{id}", { params: { path: { id } } })).then(setUpload, () => setGone(true));
  }, [id]);
  if (gone) return <Gone />;
  if (!upload?.url) return <div aria-hidden="true" className="skeleton size-16" />;
  return (
    <a href={upload.url} target="_blank" rel="noreferrer" className="size-16 overflow-hidden rounded-tile border">
      <img
        src={upload.url}
        alt={t("detail.from")}
        width={upload.width ?? 64}
        height={upload.height ?? 64}
        className="size-full object-cover"
      />
    </a>
  );
}
