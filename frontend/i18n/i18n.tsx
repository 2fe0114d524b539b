"use client";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { Catalog, Key } from "./en";
import { english } from "./english";
import { format, type Values } from "./format";

export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español", ja: "日本語", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;
const isLanguage = (it: string): it is Language => it in LANGUAGES;

const en = english as Catalog;
const load: Record<Language, () => Promise<Catalog>> = {
  en: async () => en,
  de: () => import("./de").then((it) => it.de),
  es: () => import("./es").then((it) => it.es),
  ja: () => import("./ja").then((it) => it.ja),
  ar: () => import("./ar").then((it) => it.ar),
};

type State = { language: Language; catalog: Catalog; choose: (language: Language) => void };
const Context = createContext<State | null>(null);

export function Languages({ children }: { children: ReactNode }) {
  const [{ language, catalog }, set] = useState<{ language: Language; catalog: Catalog }>({
    language: "en",
    catalog: en,
  });
  const show = useCallback(async (wished: Language) => {
    const loaded = await load[wished]();
    document.documentElement.lang = wished;
    document.documentElement.dir = wished === "ar" ? "rtl" : "ltr";
    set({ language: wished, catalog: loaded });
  }, []);
  // The pages are built in English; theme.js has read what this browser wants.
  useEffect(() => {
    const wished = document.documentElement.lang;
    if (isLanguage(wished) && wished !== "en") show(wished).catch(() => {});
  }, [show]);
  const value = useMemo<State>(
    () => ({
      language,
      catalog,
      choose: (wished) => {
        localStorage.setItem("language", wished);
        show(wished).catch(() => {});
      },
    }),
    [language, catalog, show],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useI18n() {
  const state = useContext(Context);
  if (!state) throw new Error("useI18n outside of Languages");
  const { language, catalog, choose } = state;
  const t = useCallback((key: Key, values: Values = {}) => format(catalog[key], values, language), [catalog, language]);
  return { t, language, choose };
}
export type Translate = (key: Key, values?: Values) => string;
