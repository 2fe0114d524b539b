import { useEffect, useState } from "react";
import type { Generation } from "@/api/client";

/** The way of a job as people see it. */
export const STEPS = ["held", "queued", "drawing", "checking", "done"] as const;
export type StepName = (typeof STEPS)[number];
const AT: Record<string, StepName> = {
  queued: "queued",
  starting: "queued",
  running: "drawing",
  finishing: "checking",
  succeeded: "done",
};
export const stepOf = (job: Pick<Generation, "status">): StepName | undefined => AT[job.status];

/** How long a job had been at work when it was seen at work first, by what was left then of the `usual` time. */
export const before = (job: Pick<Generation, "eta_seconds">, usual: number) => Math.max(0, usual - job.eta_seconds);

/** Clocks of two machines differ: what counts is this one's time since the job was seen at work. */
const seen = new Map<string, number>();

/** Whole seconds that `job` is being drawn; `null` while it is not. */
export function useElapsed(job: Generation, usual: number): number | null {
  const drawing = job.status === "running";
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!drawing) return;
    const clock = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(clock);
  }, [drawing]);
  if (!drawing) return null;
  let began = seen.get(job.id);
  if (began === undefined) {
    began = Date.now() - before(job, usual) * 1000;
    seen.set(job.id, began);
  }
  return Math.max(0, Math.round((now - began) / 1000));
}
