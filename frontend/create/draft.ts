import type { Generation, Model, NewGeneration } from "@/api/client";
import type { Start } from "@/store/sources";

/** What a picture is made from: words alone, or words and pictures. Each has its own page and its own draft. */
export type Mode = "words" | "picture";
export const PAGES = { words: "/create/", picture: "/edit/" } as const;
export const modeOf = (job: Pick<Generation, "kind">): Mode => (job.kind === "image_to_image" ? "picture" : "words");

export type Draft = {
  prompt: string;
  model: string;
  /** `""`: that of the picture which it starts from. */
  aspect_ratio: string;
  count: number;
  /** `null` leaves it to chance. */
  seed: number | null;
  /** Whether the seed stays for the orders after the next one. */
  seed_locked: boolean;
  output_format: string;
  embed_prompt: boolean;
  /** In hundredths: how far the result may go from its picture. */
  strength: number;
};

const KEPT = { words: "draft", picture: "draft:picture" } as const;
export const blank: Draft = {
  prompt: "",
  model: "flux-schnell",
  aspect_ratio: "1:1",
  count: 1,
  seed: null,
  seed_locked: false,
  output_format: "webp",
  embed_prompt: true,
  strength: 80,
};
export const blankOf = (mode: Mode): Draft =>
  mode === "words" ? blank : { ...blank, model: "flux-dev", aspect_ratio: "" };

/** What was being written in this tab: it survives a sign-in and a reload. */
export function read(store: Pick<Storage, "getItem">, mode: Mode = "words", base: Draft = blankOf(mode)): Draft {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEPT[mode]) ?? "{}");
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
export const keep = (store: Pick<Storage, "setItem">, draft: Draft, mode: Mode = "words") =>
  store.setItem(KEPT[mode], JSON.stringify(draft));

/** Whether `model` keeps the shape of its picture, whatever is asked for. Those that paint over it do. */
export const followsPicture = (model: Pick<Model, "strength"> | undefined) => model?.strength ?? false;

/** What is ordered: of `draft` what `model` takes. What it does not take stays in the draft, for another model. */
export function order(draft: Draft, model: Model | undefined, starts: readonly Start[] = []): NewGeneration {
  const inputs = starts.slice(0, model?.input_images ?? 0);
  const known = model?.sizes.some((it) => it.aspect_ratio === draft.aspect_ratio) ?? true;
  const open = inputs.length > 0 && (draft.aspect_ratio === "" || followsPicture(model));
  return {
    prompt: draft.prompt,
    model: model?.id ?? draft.model,
    aspect_ratio: open ? null : known && draft.aspect_ratio !== "" ? draft.aspect_ratio : "1:1",
    count: draft.count,
    seed: draft.seed,
    output_format: draft.output_format,
    embed_prompt: draft.embed_prompt,
    inputs,
    strength: inputs.length > 0 && model?.strength ? draft.strength / 100 : null,
  };
}

/** The order that made picture `index` of `job`. */
export const recipe = (job: Generation, index = 0): Draft => ({
  ...blank,
  prompt: job.prompt,
  model: job.model,
  aspect_ratio: job.aspect_ratio,
  seed: job.images[index]?.seed ?? job.seed ?? null,
  // Who takes up a recipe wants this picture's seed, and not for one order alone.
  seed_locked: true,
  output_format: job.output_format,
  strength: Math.round((job.strength ?? 0.8) * 100),
});

export const LARGEST_SEED = 2147483647;
/** `null` when `text` is no seed. */
export const seedOf = (text: string) => (/^\d{1,10}$/.test(text) && Number(text) <= LARGEST_SEED ? Number(text) : null);
/** `chance` is 0 to 1. */
export const rolled = (chance: number) => Math.floor(chance * (LARGEST_SEED + 1));

/** `9:16` for `16:9`, where there is such a size. */
export function turned(ratio: string, sizes: Model["sizes"]): string | null {
  const other = ratio.split(":").reverse().join(":");
  return other !== ratio && sizes.some((it) => it.aspect_ratio === other) ? other : null;
}
