import type { Generation } from "@/api/client";
import { present } from "@/session/session";
import { startOf } from "@/store/sources";
import { blankOf, type Draft, keep, modeOf, PAGES, read, recipe } from "./draft";
import { remember } from "./history";
import { replaceAll } from "./tray";

/** Puts the recipe of picture `index` into the form, pictures and all, and gives the address of that form. */
export function reuse(job: Generation, index: number): string {
  const mode = modeOf(job);
  const before: Draft = read(sessionStorage, mode, blankOf(mode));
  // What was being written there is one step back in the history.
  const person = present();
  if (person && before.prompt.trim()) remember(localStorage, person, { prompt: before.prompt, at: Date.now() });
  keep(sessionStorage, recipe(job, index), mode);
  if (mode === "picture") replaceAll(job.inputs.flatMap((it) => startOf(it) ?? []));
  return PAGES[mode];
}
