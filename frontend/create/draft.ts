import type { Generation, NewGeneration } from "@/api/client";

export type Draft = {
  prompt: string;
  model: string;
  aspect_ratio: string;
  count: number;
  /** `null` leaves it to chance. */
  seed: number | null;
  output_format: string;
  embed_prompt: boolean;
};

const KEPT = "draft";
export const blank: Draft = {
  prompt: "",
  model: "flux-schnell",
  aspect_ratio: "1:1",
  count: 1,
  seed: null,
  output_format: "webp",
  embed_prompt: true,
};

/** What was being written in this tab: it survives a sign-in and a reload. */
export function read(store: Pick<Storage, "getItem">, base: Draft = blank): Draft {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEPT) ?? "{}");
    if (typeof kept !== "object" || !kept) return base;
    const entries = Object.entries(kept).filter(([name, value]) =>
      name === "seed"
        ? value === null || Number.isInteger(value)
        : name in blank && typeof value === typeof blank[name as keyof Draft],
    );
    return { ...base, ...Object.fromEntries(entries) };
  } catch {
    return base;
  }
}
export const keep = (store: Pick<Storage, "setItem">, draft: Draft) => store.setItem(KEPT, JSON.stringify(draft));

export const order = (draft: Draft): NewGeneration => ({ ...draft, inputs: [] });

/** The order that made picture `index` of `job`. */
export const recipe = (job: Generation, index = 0): Draft => ({
  prompt: job.prompt,
  model: job.model,
  aspect_ratio: job.aspect_ratio,
  count: 1,
  seed: job.images[index]?.seed ?? job.seed ?? null,
  output_format: job.output_format,
  embed_prompt: true,
});

export const LARGEST_SEED = 2147483647;
/** `null` when `text` is no seed. */
export const seedOf = (text: string) => (/^\d{1,10}$/.test(text) && Number(text) <= LARGEST_SEED ? Number(text) : null);
