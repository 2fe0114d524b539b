"use client";
import { useSyncExternalStore } from "react";
import { useI18n } from "@/i18n/i18n";
import { OpenShortcuts } from "@/shortcuts/open";
import { chooseTheme, THEMES, type Theme, theme, watchAppearance } from "@/ui/appearance";
import { LanguageSelect } from "@/ui/language-select";

export function Footer() {
  const { t } = useI18n();
  const chosen = useSyncExternalStore(watchAppearance, theme, () => "system");
  return (
    <footer className="border-t">
      <div className="mx-auto flex w-full max-w-7xl flex-wrap items-center gap-x-6 gap-y-3 px-4 py-5 text-sm text-soft sm:px-8">
        <p className="grow">{t("foot.note")}</p>
        <a className="flex min-h-11 items-center underline underline-offset-4" href="/api/docs">
          {t("foot.api")}
        </a>
        <OpenShortcuts />
        <select
          aria-label={t("nav.theme")}
          className="field w-auto"
          value={chosen}
          onChange={(event) => chooseTheme(event.target.value as Theme)}
        >
          {THEMES.map((it) => (
            <option key={it} value={it}>
              {t(`theme.${it}`)}
            </option>
          ))}
        </select>
        <LanguageSelect className="field w-auto" label={t("nav.language")} />
      </div>
    </footer>
  );
}
