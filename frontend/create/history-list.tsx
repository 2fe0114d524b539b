"use client";
import { useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { Modal } from "@/ui/modal";

export function HistoryList({
  past,
  choose,
  close,
}: {
  past: readonly string[];
  choose: (prompt: string) => void;
  close: () => void;
}) {
  const { t } = useI18n();
  const [words, setWords] = useState("");
  const found = past.filter((it) => it.toLocaleLowerCase().includes(words.trim().toLocaleLowerCase()));
  return (
    <Modal title={t("create.history")} close={close}>
      <div className="grid gap-3 p-4">
        <input
          type="search"
          aria-label={t("library.search")}
          placeholder={t("library.search")}
          className="field placeholder:text-soft"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {found.length === 0 && <p className="py-6 text-center text-soft">{t("library.nothing")}</p>}
        <ul className="grid gap-1">
          {found.map((it) => (
            <li key={it}>
              <button
                type="button"
                dir="auto"
                className="min-h-11 w-full rounded-field px-3 py-2 text-start outline-offset-[-2px] hover:bg-sunk"
                onClick={() => choose(it)}
              >
                <span className="line-clamp-3">{it}</span>
              </button>
            </li>
          ))}
        </ul>
        <p className="text-xs text-soft">{t("create.historyNote")}</p>
      </div>
    </Modal>
  );
}
