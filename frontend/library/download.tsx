"use client";
import { useState } from "react";
import type { Generation, Picture } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { File, Out } from "@/ui/icons";
import { toast } from "@/ui/toasts";
import { CannotMake, convert, FORMATS, type Format, load } from "./convert";
import { nameFor, save } from "./save";

const NAMES: Record<Format, string> = { png: "PNG", webp: "WebP", jpeg: "JPEG" };
const isFormat = (it: string): it is Format => it in FORMATS;

/** The file, as it is or made into another kind. */
export function Download({ job, image }: { job: Generation; image: Picture }) {
  const { t, language } = useI18n();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const original = isFormat(job.output_format) ? job.output_format : null;
  const size = new Intl.NumberFormat(language, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });
  const get = async (format: Format | null) => {
    if (!image.url) return;
    setBusy(true);
    try {
      const file = await load(image.url);
      const kind = format ?? job.output_format;
      const name = nameFor(job.prompt, image.seed, kind === "jpeg" ? "jpg" : kind);
      save(format ? await convert(file, format) : file, name);
    } catch (error) {
      toast(t(error instanceof CannotMake ? "detail.cannotConvert" : "detail.notLoaded"));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" className="press press-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <File /> {t("detail.download")}
      </button>
      {open && image.url && (
        <div className="grid gap-2 rounded-field bg-sunk p-3">
          <button type="button" disabled={busy} className="press press-blue" onClick={() => get(null)}>
            {t("detail.original", {
              format: original ? NAMES[original] : job.output_format,
              size: size.format((image.bytes ?? 0) / 1000),
            })}
          </button>
          <div className="grid grid-cols-2 gap-2">
            {(Object.keys(FORMATS) as Format[])
              .filter((it) => it !== original)
              .map((it) => (
                <button
                  key={it}
                  type="button"
                  disabled={busy}
                  className="press press-line px-2"
                  aria-describedby="convert-note"
                  onClick={() => get(it)}
                >
                  {t("detail.convert", { format: NAMES[it] })}
                </button>
              ))}
          </div>
          <p id="convert-note" className="text-xs text-soft">
            {t("detail.convertNote")}
          </p>
          <a
            href={image.url}
            target="_blank"
            rel="noreferrer"
            className="flex min-h-11 items-center gap-2 text-sm underline underline-offset-4"
          >
            <Out className="size-4" /> {t("act.download")}
          </a>
        </div>
      )}
    </>
  );
}
