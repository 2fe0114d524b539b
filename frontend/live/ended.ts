import { FINAL, type Generation } from "@/api/client";

/** Tells which jobs ended since it was asked last: those that it saw at work, each once. */
export function endings() {
  const atWork = new Set<string>();
  return (jobs: readonly Generation[]): Generation[] => {
    const ended: Generation[] = [];
    for (const job of jobs) {
      if (!FINAL.has(job.status)) atWork.add(job.id);
      else if (atWork.delete(job.id)) ended.push(job);
    }
    return ended;
  };
}

/** How many pictures came, and how many jobs ended without one by themselves. */
export function outcome(ended: readonly Generation[]) {
  const done = ended.filter((it) => it.status === "succeeded").length;
  const failed = ended.filter((it) => it.status === "failed" || it.status === "blocked").length;
  return { done, failed };
}
