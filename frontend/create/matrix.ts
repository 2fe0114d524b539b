/** More than this at once is a mistake rather than a wish. */
export const MOST_ORDERS = 48;
/** From here on it is asked once more. */
export const ASK_FROM = 5;

const CHOICE = /\{([^{}]*\|[^{}]*)\}/;

/**
 * `{red|blue} fox` is two prompts. Braces without a bar are letters. `total` tells how many there are; of too many none
 * is made.
 */
export function combinations(prompt: string): { total: number; prompts: string[] } {
  const parts = prompt.split(new RegExp(CHOICE.source, "g"));
  // Every second part is what stood within braces.
  const choices = parts.map((it, place) => (place % 2 === 1 ? it.split("|").map((word) => word.trim()) : [it]));
  const total = choices.reduce((product, it) => product * it.length, 1);
  if (total > MOST_ORDERS) return { total, prompts: [] };
  const all = choices.reduce((made, it) => made.flatMap((begun) => it.map((word) => begun + word)), [""]);
  const prompts = [...new Set(total === 1 ? [prompt] : all.map((it) => it.replace(/ {2,}/g, " ").trim()))];
  return { total: prompts.length, prompts };
}
