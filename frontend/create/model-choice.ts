import type { Plan } from "@/api/client";
import type { Mode } from "./draft";

/** Plans come from the least to the most. */
export const opens = (plans: readonly Plan[], mine: string, needed: string) =>
  plans.findIndex((it) => it.id === mine) >= plans.findIndex((it) => it.id === needed);

const place = (mode: Mode) => `model:${mode}`;
/** The model that was chosen last in this mode, in this browser. */
export function chosenModel(store: Pick<Storage, "getItem">, mode: Mode): string | null {
  try {
    return store.getItem(place(mode));
  } catch {
    return null;
  }
}
export function rememberModel(store: Pick<Storage, "setItem">, mode: Mode, model: string) {
  try {
    store.setItem(place(mode), model);
  } catch {
    // A browser that keeps nothing has no last choice.
  }
}
