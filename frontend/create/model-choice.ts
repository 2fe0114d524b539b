import type { Mode } from "./draft";

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
