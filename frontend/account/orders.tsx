"use client";
import { sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { opens, useCatalog } from "@/store/catalog";
import { useMe } from "@/store/me";
import { usePreferences } from "./use-preferences";

/** What a new order begins with. */
export function Orders() {
  const { t } = useI18n();
  const me = useMe();
  const { catalog, error, again } = useCatalog();
  const [preferred, change] = usePreferences();
  const models = catalog?.models.filter((it) => it.sizes.length > 0) ?? [];
  const most = me?.limits.images_per_job ?? 1;
  const sizes = (models.find((it) => it.id === preferred.model) ?? models[0])?.sizes ?? [];
  return (
    <>
      {error !== null && (
        <p role="alert" className="text-bad">
          {sentence(error, t)}{" "}
          <button type="button" className="min-h-11 underline underline-offset-4" onClick={again}>
            {t("act.retry")}
          </button>
        </p>
      )}
      <div className="grid gap-4 sm:grid-cols-3">
        <label className="grid gap-1 text-sm">
          {t("create.model")}
          <select
            className="field text-base"
            disabled={!catalog}
            value={preferred.model}
            onChange={({ target: { value } }) => {
              const has = models
                .find((it) => it.id === value)
                ?.sizes.some((it) => it.aspect_ratio === preferred.aspect_ratio);
              change(value && !has ? { model: value, aspect_ratio: "" } : { model: value });
            }}
          >
            <option value="">{t("account.usual")}</option>
            {models.map((it) => (
              <option key={it.id} value={it.id} disabled={!opens(catalog?.plans ?? [], me?.plan ?? "free", it.plan)}>
                {it.name}
              </option>
            ))}
          </select>
        </label>
        <label className="grid gap-1 text-sm">
          {t("create.shape")}
          <select
            className="field text-base"
            disabled={!catalog}
            value={preferred.aspect_ratio}
            onChange={(event) => change({ aspect_ratio: event.target.value })}
          >
            <option value="">{t("account.usual")}</option>
            {sizes.map((it) => (
              <option key={it.aspect_ratio} value={it.aspect_ratio}>
                {it.aspect_ratio}
              </option>
            ))}
          </select>
        </label>
        <label className="grid gap-1 text-sm">
          {t("create.count")}
          <select
            className="field text-base"
            value={preferred.count}
            onChange={(event) => change({ count: Number(event.target.value) })}
          >
            {[1, 2, 3, 4].map((n) => (
              <option key={n} value={n} disabled={n > most && n > 1}>
                {n}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Switch
        on={preferred.embed_prompt}
        set={(embed_prompt) => change({ embed_prompt })}
        name={t("create.embed")}
        text={t("account.embedText")}
      />
    </>
  );
}

export function Switch({
  on,
  set,
  name,
  text,
  disabled,
}: {
  on: boolean;
  set: (on: boolean) => void;
  name: string;
  text: string;
  disabled?: boolean;
}) {
  return (
    <label className="flex min-h-11 items-start gap-3">
      <input
        type="checkbox"
        checked={on}
        disabled={disabled}
        onChange={(event) => set(event.target.checked)}
        className="mt-1 size-5 shrink-0 accent-blue"
      />
      <span>
        {name}
        <span className="block text-sm text-soft">{text}</span>
      </span>
    </label>
  );
}
