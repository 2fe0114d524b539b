"use client";
import { memo } from "react";
import { isOpen, stateOf } from "@/create/status";
import { useI18n } from "@/i18n/i18n";
import { useGeneration } from "@/store/generations";
import { Star, Tick } from "@/ui/icons";
import { Picture } from "@/ui/picture";

export type Place = { index: number; side: number; top: number; start: number };
type Props = Place & { id: string | null; length: number; focusable: boolean; selecting: boolean; chosen: boolean };

/** One square of the wall. It hears of its own job alone, so a change of one draws one. */
export const Thumb = memo(function Thumb(props: Props) {
  const { id, index, length, side, top, start, focusable, selecting, chosen } = props;
  const { t } = useI18n();
  const job = useGeneration(id);
  const image = job?.images.find((it) => it.status === "delivered");
  const style = { width: side, height: side, top, insetInlineStart: start };
  if (!id || !job) return <li aria-hidden="true" className="absolute rounded-tile bg-sunk" style={style} />;
  return (
    <li aria-setsize={length} aria-posinset={index + 1} className="absolute" style={style}>
      <button
        type="button"
        data-at={index}
        data-id={id}
        tabIndex={focusable ? 0 : -1}
        aria-pressed={selecting ? chosen : undefined}
        aria-label={image ? undefined : `${job.prompt} · ${stateOf(job, t)}`}
        className={`group relative size-full touch-manipulation overflow-hidden rounded-tile bg-sunk select-none [-webkit-touch-callout:none] ${chosen ? "outline-3 outline-offset-[-3px] outline-blue outline-solid focus-visible:outline-offset-2" : ""}`}
      >
        {image ? (
          <Picture
            image={image}
            alt={job.prompt}
            size="thumbnail"
            className={`pointer-events-none size-full object-cover ${chosen ? "scale-92 rounded-tile" : ""}`}
          />
        ) : (
          <span
            className={`grid size-full content-end p-3 text-start text-sm ${isOpen(job) ? "developing text-print-light" : "text-soft"}`}
          >
            <span className="font-semibold">{stateOf(job, t)}</span>
            <span className="truncate">{job.prompt}</span>
          </span>
        )}
        {selecting && (
          <span
            className={`absolute start-2 top-2 grid size-6 place-items-center rounded-full border-2 ${chosen ? "border-blue bg-blue text-on-blue" : "border-print-light bg-print/60"}`}
          >
            {chosen && <Tick className="size-4" />}
          </span>
        )}
        {job.favourite && (
          <span className="absolute end-2 top-2 rounded-full bg-print p-1 text-print-light">
            <Star className="size-4 fill-current" />
          </span>
        )}
      </button>
    </li>
  );
});
