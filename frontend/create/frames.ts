import type { Generation, Model } from "@/api/client";

/** The room of one picture, in any unit. */
export type Frame = { index: number; width: number; height: number };

/** The rooms of a queued job's pictures: the API names pictures when they begin to be drawn. */
export function framesOf(
  job: Pick<Generation, "count" | "aspect_ratio"> & { images: readonly unknown[] },
  sizes: Model["sizes"] | undefined,
): Frame[] {
  if (job.images.length > 0) return [];
  const [, across = "1", down = "1"] = /^(\d+):(\d+)$/.exec(job.aspect_ratio) ?? [];
  const size = sizes?.find((it) => it.aspect_ratio === job.aspect_ratio);
  const { width, height } = size ?? { width: Number(across), height: Number(down) };
  return Array.from({ length: job.count }, (_, index) => ({ index, width, height }));
}
