import type { Generation } from "@/api/client";
import type { Translate } from "@/i18n/i18n";
import { present } from "@/session/session";
import { startOf } from "@/store/sources";
import { toast } from "@/ui/toasts";
import { blankOf, type Draft, keep, modeOf, PAGES, read, recipe } from "./draft";
import { remember } from "./history";
import { replaceAll } from "./tray";

/** Puts the recipe of picture `index` into the form, pictures and all, and gives the address of that form. */
export function reuse(job: Generation, index: number, t: Translate): string {
  const mode = modeOf(job);
  const before: Draft = read(sessionStorage, mode, blankOf(mode));
  // What was being written there is one step back in the history.
  const person = present();
  if (person && before.prompt.trim()) remember(localStorage, person, { prompt: before.prompt, at: Date.now() });
  keep(sessionStorage, recipe(job, index), mode);
  if (mode === "picture") {
    const back = replaceAll(job.inputs.flatMap((it) => startOf(it) ?? []));
    if (back) toast(t("input.replaced"), back);
  }
  return PAGES[mode];
}
