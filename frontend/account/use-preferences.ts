import { useEffect, useState } from "react";
import { keep, read } from "@/create/draft";
import { keepPreferences, type Preferences, readPreferences, usual } from "./preferences";

/** The preferences of this browser, and the way to change them. Other tabs follow. */
export function usePreferences() {
  const [it, set] = useState<Preferences>(usual);
  useEffect(() => {
    const look = () => set(readPreferences(localStorage));
    look();
    window.addEventListener("storage", look);
    return () => window.removeEventListener("storage", look);
  }, []);
  const change = (part: Partial<Preferences>) => {
    const next = { ...readPreferences(localStorage), ...part };
    keepPreferences(localStorage, next);
    set(next);
    const { notify: _, ...order } = part;
    // The order that is being written takes what was just chosen, and keeps its words.
    if (Object.values(order).some((value) => value !== "")) keep(sessionStorage, { ...read(sessionStorage), ...order });
  };
  return [it, change] as const;
}
