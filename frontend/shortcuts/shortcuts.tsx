"use client";
import { useState } from "react";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { Modal } from "@/ui/modal";
import { allowSingleKeys, type Scope, singleKeys } from "./registry";

const SIGNS: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Arrow: "← ↑ → ↓",
  Escape: "Esc",
  Delete: "Del",
  Backspace: "⌫",
};
const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);
const sign = (key: string) =>
  key === "Mod" ? (isMac() ? "⌘" : "Ctrl") : (SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key));

/** What the keys do here, to be searched. `scopes` are those of the page and of the dialog that it was opened from. */
export function Shortcuts({ scopes, close }: { scopes: readonly Scope[]; close: () => void }) {
  const { t } = useI18n();
  const [words, setWords] = useState("");
  const [single, setSingle] = useState(singleKeys);
  const wanted = words.trim().toLowerCase();
  // Parts of a page that tell of one thing are one group.
  const titles = [...new Set(scopes.map((it) => it.title))];
  const groups = titles
    .map((title) => {
      const all = scopes.filter((it) => it.title === title).flatMap((it) => it.shortcuts);
      const fits = all.filter(({ label, keys }) =>
        `${t(label)} ${t(title)} ${keys.join(" ")}`.toLowerCase().includes(wanted),
      );
      return { title, fits };
    })
    .filter((it) => it.fits.length > 0);
  return (
    <Modal title={t("keys.title")} close={close}>
      <div className="grid gap-5 p-5">
        <input
          type="search"
          aria-label={t("keys.find")}
          placeholder={t("keys.find")}
          className="field placeholder:text-soft"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {groups.map(({ title, fits }) => (
          <section key={title} aria-label={t(title)} className="grid gap-1">
            <h3 className="edge-print">{t(title)}</h3>
            <dl>
              {fits.map(({ label, keys }) => (
                <div key={label} className="flex items-center justify-between gap-4 border-b py-2 last:border-0">
                  <dt>{t(label)}</dt>
                  <dd className="flex flex-wrap justify-end gap-1.5" dir="ltr">
                    {keys.map((it) => (
                      <kbd key={it} className="rounded border border-edge bg-sunk px-1.5 py-0.5 font-mono text-xs">
                        {it === "+" ? "+" : it.split("+").map(sign).join(" ")}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <p role="status" className={groups.length > 0 ? "sr-only" : "text-soft"}>
          {groups.length === 0 ? t("keys.none") : ""}
        </p>
        <label className="flex min-h-11 items-center gap-3 border-t pt-3 text-sm">
          <input
            type="checkbox"
            className="size-5 shrink-0 accent-blue"
            checked={single}
            onChange={({ target: { checked } }) => {
              allowSingleKeys(checked);
              setSingle(checked);
            }}
          />
          {t("keys.single")}
        </label>
      </div>
    </Modal>
  );
}
