"use client";
import { useRouter } from "next/navigation";
import type { Generation } from "@/api/client";
import { type Draft, keep, modeOf, read, recipe } from "@/create/draft";
import { reuse } from "@/create/reuse";
import { useI18n } from "@/i18n/i18n";
import { useShortcuts } from "@/shortcuts/registry";
import { Again, Copy } from "@/ui/icons";
import { toast } from "@/ui/toasts";

/** Parts of a picture's recipe go into the draft of the next order, which otherwise stays as it was. */
export function Recall({ job, index }: { job: Generation; index: number }) {
  const { t } = useI18n();
  const router = useRouter();
  const mode = modeOf(job);
  const whole = recipe(job, index);
  const take = (part: Partial<Draft>) => {
    const before = read(sessionStorage, mode);
    keep(sessionStorage, { ...before, ...part }, mode);
    toast(t("detail.recalled"), () => keep(sessionStorage, before, mode));
  };
  const prompt = () => take({ prompt: whole.prompt });
  const seed = () => take({ seed: whole.seed, seed_locked: true });
  const size = () => take({ aspect_ratio: whole.aspect_ratio });
  const everything = () => router.push(reuse(job, index, t));
  const copy = () =>
    navigator.clipboard.writeText(job.prompt).then(
      () => toast(t("act.copied")),
      () => {},
    );
  useShortcuts(
    "detail.recall",
    [
      { keys: ["p"], label: "keys.prompt", run: prompt },
      { keys: ["s"], label: "keys.seed", run: seed },
      { keys: ["d"], label: "keys.size", run: size },
      { keys: ["a"], label: "keys.everything", run: everything },
      { keys: ["c"], label: "keys.copy", run: copy },
    ],
    1,
  );
  return (
    <div className="grid gap-2">
      <button type="button" className="press press-blue" onClick={everything}>
        <Again /> {t("act.reuse")}
      </button>
      <fieldset className="grid grid-cols-3 gap-2">
        <legend className="edge-print mb-1">{t("detail.recall")}</legend>
        <button type="button" className="press press-line px-2 text-sm" onClick={prompt}>
          {t("detail.prompt")}
        </button>
        <button type="button" className="press press-line px-2 text-sm" onClick={seed}>
          {t("detail.seed")}
        </button>
        <button type="button" className="press press-line px-2 text-sm" onClick={size}>
          {t("create.shape")}
        </button>
      </fieldset>
      <button type="button" className="press press-line" onClick={copy}>
        <Copy /> {t("detail.copyPrompt")}
      </button>
    </div>
  );
}
