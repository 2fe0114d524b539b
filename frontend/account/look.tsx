"use client";
import { useId, useSyncExternalStore } from "react";
import { useI18n } from "@/i18n/i18n";
import { chooseMotion, chooseTheme, MOTIONS, motion, THEMES, theme, watchAppearance } from "@/ui/appearance";
import { LanguageSelect } from "@/ui/language-select";

/** Language, theme and motion: the same as at the foot of every page, and one more. */
export function Look() {
  const { t } = useI18n();
  const id = useId();
  const shownTheme = useSyncExternalStore(watchAppearance, theme, () => "system" as const);
  const shownMotion = useSyncExternalStore(watchAppearance, motion, () => "system" as const);
  return (
    <>
      <div className="grid max-w-xs gap-1 text-sm">
        <label htmlFor={id}>{t("nav.language")}</label>
        <LanguageSelect id={id} className="field text-base" />
      </div>
      <Choice
        name="theme"
        legend={t("nav.theme")}
        options={THEMES.map((it) => ({ value: it, text: t(`theme.${it}`) }))}
        chosen={shownTheme}
        choose={chooseTheme}
      />
      <Choice
        name="motion"
        legend={t("account.motion")}
        options={MOTIONS.map((it) => ({ value: it, text: t(`account.motion.${it}`) }))}
        chosen={shownMotion}
        choose={chooseMotion}
      />
    </>
  );
}

function Choice<T extends string>({
  name,
  legend,
  options,
  chosen,
  choose,
}: {
  name: string;
  legend: string;
  options: { value: T; text: string }[];
  chosen: T;
  choose: (value: T) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-sm">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {options.map(({ value, text }) => (
          <label
            key={value}
            className="flex min-h-11 items-center gap-2 rounded-field border px-3.5 has-checked:border-blue has-checked:bg-[color-mix(in_oklab,var(--blue)_9%,transparent)] has-focus-visible:outline-2 has-focus-visible:outline-blue"
          >
            <input
              type="radio"
              name={name}
              value={value}
              checked={chosen === value}
              onChange={() => choose(value)}
              className="size-4 accent-blue"
            />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
