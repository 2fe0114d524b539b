"use client";
import { LANGUAGES, type Language, useI18n } from "@/i18n/i18n";

/** The language of the page, for the foot and for the settings. */
export function LanguageSelect({ id, className, label }: { id?: string; className: string; label?: string }) {
  const { language, choose } = useI18n();
  return (
    <select
      id={id}
      aria-label={label}
      className={className}
      value={language}
      onChange={(event) => choose(event.target.value as Language)}
    >
      {Object.entries(LANGUAGES).map(([it, name]) => (
        <option key={it} value={it} lang={it}>
          {name}
        </option>
      ))}
    </select>
  );
}
