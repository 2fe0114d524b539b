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

/** What is left when a job is first seen at work says how long it had been, or how much longer than usual it takes. */
export function estimate(left: number, usual: number): { before: number; whole: number } {
  return { before: Math.max(0, usual - left), whole: Math.max(usual, left) };
}

/** Clocks of two machines differ: what counts is this one's time since the job was seen at work. */
const seen = new Map<string, { began: number; whole: number }>();

/** Whole seconds that `job` is being drawn, and how many it takes in all, about; `null` while it is not. */
export function useElapsed(job: Generation, usual: number): { elapsed: number; whole: number } | null {
  const drawing = job.status === "running";
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!drawing) return;
    const clock = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(clock);
  }, [drawing]);
  if (!drawing || usual === 0) return null;
  let first = seen.get(job.id);
  if (!first) {
    const { before, whole } = estimate(job.eta_seconds, usual);
    first = { began: Date.now() - before * 1000, whole };
    seen.set(job.id, first);
  }
  return { elapsed: Math.max(0, Math.round((now - first.began) / 1000)), whole: Math.round(first.whole) };
}
