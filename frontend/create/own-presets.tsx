"use client";
import { type FormEvent, useRef, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { Bin } from "@/ui/icons";
import { Modal } from "@/ui/modal";
import { toast } from "@/ui/toasts";
import type { Draft } from "./draft";
import { keepOwn, LONGEST_NAME, MOST_OWN, type Own, ownOf, readOwn } from "./presets";

/** Saves the recipe as it is, and renames and removes those of before. */
export function OwnPresets({
  draft,
  own,
  changed,
  close,
}: {
  draft: Draft;
  own: Own[];
  changed: (own: Own[]) => void;
  close: () => void;
}) {
  const { t } = useI18n();
  const [name, setName] = useState("");
  const [removed, setRemoved] = useState<Own | null>(null);
  const field = useRef<HTMLInputElement>(null);
  /** Of what is kept now: another tab may have saved one meanwhile. */
  const become = (edit: (own: Own[]) => Own[]) => {
    const next = edit(readOwn(localStorage)).slice(0, MOST_OWN);
    if (!keepOwn(localStorage, next)) return toast(t("preset.cannot"));
    changed(next);
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    // The form of the order, which this dialog was opened from, is not meant.
    event.stopPropagation();
    if (!name.trim()) return;
    become((was) => [ownOf(crypto.randomUUID(), name, draft), ...was]);
    setName("");
  };
  const remove = (it: Own) => {
    become((was) => was.filter((other) => other.id !== it.id));
    setRemoved(it);
    field.current?.focus();
  };
  return (
    <Modal title={t("preset.own")} close={close}>
      <div className="grid gap-5 p-5">
        <form onSubmit={save} className="grid gap-2">
          <label htmlFor="preset-name" className="font-semibold">
            {t("preset.save")}
          </label>
          <div className="flex gap-2">
            <input
              ref={field}
              id="preset-name"
              className="field placeholder:text-soft"
              maxLength={LONGEST_NAME}
              placeholder={t("preset.name")}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <button
              type="submit"
              className="press press-blue shrink-0"
              disabled={!name.trim() || own.length >= MOST_OWN}
            >
              {t("preset.keep")}
            </button>
          </div>
          <p dir="auto" className="line-clamp-2 text-sm text-soft">
            {draft.prompt || "–"}
          </p>
        </form>
        {removed && (
          <p role="status" className="flex items-center justify-between gap-3 rounded-field bg-sunk px-3 text-sm">
            <span dir="auto">{t("preset.removed", { name: removed.name })}</span>
            <button
              type="button"
              className="min-h-11 font-semibold underline underline-offset-4"
              onClick={() => {
                become((was) => [removed, ...was]);
                setRemoved(null);
              }}
            >
              {t("act.undo")}
            </button>
          </p>
        )}
        {own.length > 0 && (
          <ul className="grid gap-2 border-t pt-4">
            {own.map((it) => (
              <li key={it.id} className="flex items-center gap-2">
                <input
                  className="field"
                  dir="auto"
                  aria-label={t("preset.rename", { name: it.name })}
                  maxLength={LONGEST_NAME}
                  defaultValue={it.name}
                  onBlur={({ target }) => {
                    const renamed = target.value.trim();
                    if (!renamed) target.value = it.name;
                    else if (renamed !== it.name)
                      become((was) => was.map((other) => (other.id === it.id ? { ...other, name: renamed } : other)));
                  }}
                  onKeyDown={(event) => {
                    if (event.key === "Enter") event.currentTarget.blur();
                  }}
                />
                <button
                  type="button"
                  className="grid size-11 shrink-0 place-items-center rounded-field hover:text-bad"
                  aria-label={t("preset.remove", { name: it.name })}
                  onClick={() => remove(it)}
                >
                  <Bin />
                </button>
              </li>
            ))}
          </ul>
        )}
        <p className="text-xs text-soft">{t("preset.note")}</p>
      </div>
    </Modal>
  );
}
