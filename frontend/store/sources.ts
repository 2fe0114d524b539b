import { useEffect, useState } from "react";
import { api, ask, type Generation } from "@/api/client";
import { Problem } from "@/api/problem";
import { peek, put, useGeneration } from "./generations";

/** A picture to start from: one that was brought along, or one of an earlier job. */
export type Start = { upload_id: string } | { generation_id: string; index: number };
export type Source = { url: string; width: number; height: number; name: string };

export const startOf = (input: Generation["inputs"][number]): Start | null =>
  input.upload_id
    ? { upload_id: input.upload_id }
    : input.generation_id
      ? { generation_id: input.generation_id, index: input.index ?? 0 }
      : null;
export const isSame = (one: Start, other: Start) =>
  "upload_id" in one
    ? "upload_id" in other && one.upload_id === other.upload_id
    : "generation_id" in other && one.generation_id === other.generation_id && one.index === other.index;

/** Links are good for an hour; before that they are asked for again. */
const FRESH_MS = 45 * 60_000;
const AGAIN_MS = 4000;
const uploads = new Map<string, { at: number; source: Promise<Source> }>();

function upload(id: string): Promise<Source> {
  const known = uploads.get(id);
  if (known && Date.now() - known.at < FRESH_MS) return known.source;
  const source = ask(api.GET("/api/v1/uploads/{id}", { params: { path: { id } } })).then(({ url, width, height }) => {
    if (!url || !width || !height) throw new Error("no picture");
    return { url, width, height, name: "" };
  });
  uploads.set(id, { at: Date.now(), source });
  source.catch(() => uploads.delete(id));
  return source;
}

/** Looked for and not found, or not a picture any more. */
const isGone = (error: unknown) => !(error instanceof Problem) || error.status === 404 || error.status === 410;

const ofJob = (job: Generation | undefined, index: number): Source | null => {
  const image = job?.images[index];
  const url = image?.display_url ?? image?.url;
  return job && image && url ? { url, width: image.width, height: image.height, name: job.prompt } : null;
};

/** The picture behind `start`; `gone` when its owner gets it no more. `ready` says that somebody is there to ask. */
export function useSource(start: Start | null, ready = true): { source: Source | null; gone: boolean } {
  const [found, setFound] = useState<Source | null>(null);
  const [gone, setGone] = useState(false);
  const [tries, setTries] = useState(0);
  const uploadId = start && "upload_id" in start ? start.upload_id : null;
  const jobId = start && "generation_id" in start ? start.generation_id : null;
  const job = useGeneration(jobId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks once
  useEffect(() => {
    if (!ready || (!uploadId && !jobId)) return;
    let over = false;
    setGone(false);
    setFound(null);
    if (jobId && peek().some((it) => it.id === jobId)) return;
    const asked = uploadId
      ? upload(uploadId).then((it) => over || setFound(it))
      : ask(api.GET("/api/v1/generations/{id}", { params: { path: { id: jobId ?? "" } } })).then((it) => put([it]));
    // When the service is down it may be there all the same.
    let clock: ReturnType<typeof setTimeout> | undefined;
    asked.catch((error: unknown) => {
      if (over) return;
      if (isGone(error)) setGone(true);
      else clock = setTimeout(() => setTries((n) => n + 1), AGAIN_MS);
    });
    return () => {
      over = true;
      clearTimeout(clock);
    };
  }, [uploadId, jobId, ready, tries]);
  if (start && "generation_id" in start) {
    const source = ofJob(job, start.index);
    return { source, gone: gone || (job !== undefined && !source) };
  }
  return { source: found, gone };
}
