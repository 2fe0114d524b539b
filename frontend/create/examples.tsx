"use client";
import { useI18n } from "@/i18n/i18n";

const EXAMPLES = ["create.example1", "create.example2", "create.example3"] as const;

export function Examples({ choose }: { choose: (prompt: string) => void }) {
  const { t } = useI18n();
  return (
    <div className="grid gap-2">
      <p className="text-sm text-soft">{t("create.emptyTitle")}</p>
      {EXAMPLES.map((key) => (
        <button
          key={key}
          type="button"
          className="min-h-11 rounded-field border px-3 py-2 text-start hover:border-blue"
          onClick={() => choose(t(key))}
        >
          {t(key)}
        </button>
      ))}
    </div>
  );
}
