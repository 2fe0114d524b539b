import type { Draft } from "./draft";

/** Words that make a style, with the model and the shape that suit them. They stay English: models know them best so. */
export type Style = { id: StyleId; words: string; model: string; aspect_ratio: string; swatch: string };
export const STYLE_IDS = ["photo", "cinema", "cyanotype", "water", "ink", "poster", "clay"] as const;
export type StyleId = (typeof STYLE_IDS)[number];

export const STYLES: readonly Style[] = [
  {
    id: "photo",
    words: "photograph, natural light, 50 mm lens, fine film grain",
    model: "flux-dev",
    aspect_ratio: "3:2",
    swatch: "linear-gradient(180deg,#b9cbd6 0 45%,#7d8b72 45% 70%,#4d5a46 70%)",
  },
  {
    id: "cinema",
    words: "cinematic still, anamorphic lens, haze, teal and amber light",
    model: "flux-dev",
    aspect_ratio: "16:9",
    swatch: "linear-gradient(180deg,#101417 0 18%,#1f5a66 18% 50%,#d39a52 50% 82%,#101417 82%)",
  },
  {
    id: "cyanotype",
    words: "cyanotype print, white on Prussian blue, pressed plants, rough paper",
    model: "flux-schnell",
    aspect_ratio: "4:5",
    swatch: "radial-gradient(circle at 50% 45%,#e6f1f7 0 22%,#2a62a8 26% 55%,#0d3163)",
  },
  {
    id: "water",
    words: "watercolour on cold-pressed paper, loose washes, wide white margin",
    model: "flux-schnell",
    aspect_ratio: "4:3",
    swatch:
      "radial-gradient(circle at 35% 40%,#8fb9c9 0 30%,transparent 55%),radial-gradient(circle at 68% 62%,#e0a58f 0 25%,transparent 50%),#faf7ef",
  },
  {
    id: "ink",
    words: "ink drawing, fine cross-hatching, black on cream paper",
    model: "flux-schnell",
    aspect_ratio: "3:4",
    swatch: "repeating-linear-gradient(50deg,#24211d 0 1.5px,#f3ead6 1.5px 5px)",
  },
  {
    id: "poster",
    words: "screen-printed poster, three flat colours, bold shapes, paper grain",
    model: "flux-schnell",
    aspect_ratio: "2:3",
    swatch: "conic-gradient(from 20deg at 50% 60%,#c8452f 0 33%,#f0dcae 33% 66%,#1f3f5b 66%)",
  },
  {
    id: "clay",
    words: "stop-motion clay figures, miniature set, soft studio light",
    model: "flux-schnell",
    aspect_ratio: "1:1",
    swatch: "radial-gradient(circle at 40% 35%,#f2b48a 0 12%,#cf7347 45%,#8c4526)",
  },
];

export const has = (prompt: string, style: Style) => prompt.includes(style.words);

/** `prompt` without any style's words. */
export const without = (prompt: string) =>
  STYLES.reduce((text, { words }) => text.replace(`, ${words}`, "").replace(words, ""), prompt);

/** `draft` in `style`, in place of the one that it had. `takes` tells whether a model and a shape can be used here. */
export function dressed(
  draft: Draft,
  style: Style,
  takes: { model: (id: string) => boolean; shape: boolean },
): Partial<Draft> {
  const bare = without(draft.prompt).trimEnd().replace(/,$/, "");
  return {
    prompt: bare ? `${bare}, ${style.words}` : style.words,
    ...(takes.model(style.model) ? { model: style.model } : {}),
    ...(takes.shape ? { aspect_ratio: style.aspect_ratio } : {}),
  };
}

/** A recipe under a name of one's own. It has no seed and no pictures: those belong to one order. */
export type Own = { id: string; name: string } & Pick<
  Draft,
  "prompt" | "model" | "aspect_ratio" | "count" | "output_format" | "strength"
>;
export const LONGEST_NAME = 60;
export const MOST_OWN = 40;
const PLACE = "presets";

const isOwn = (it: unknown): it is Own => {
  if (typeof it !== "object" || it === null) return false;
  const { id, name, prompt, model, aspect_ratio, count, output_format, strength } = it as Record<string, unknown>;
  const texts = [id, name, prompt, model, aspect_ratio, output_format].every((text) => typeof text === "string");
  return texts && Number.isInteger(count) && Number.isInteger(strength);
};

export function readOwn(store: Pick<Storage, "getItem">): Own[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(PLACE) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isOwn) : [];
  } catch {
    return [];
  }
}
/** `false` when this browser keeps nothing. */
export function keepOwn(store: Pick<Storage, "setItem">, own: readonly Own[]): boolean {
  try {
    store.setItem(PLACE, JSON.stringify(own));
    return true;
  } catch {
    return false;
  }
}

export const ownOf = (id: string, name: string, draft: Draft): Own => ({
  id,
  name: name.trim().slice(0, LONGEST_NAME),
  prompt: draft.prompt,
  model: draft.model,
  aspect_ratio: draft.aspect_ratio,
  count: draft.count,
  output_format: draft.output_format,
  strength: draft.strength,
});
