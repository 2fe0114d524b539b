"use client";
import { useEffect, useRef } from "react";
import type { Model } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { useSource } from "@/store/sources";
import { Cross, Frame, Plus } from "@/ui/icons";
import { toast } from "@/ui/toasts";
import { add, type Item, MOST_PICTURES, markWrong, remove, tryAgain, useTray } from "./tray";
import { sentenceOf } from "./unfit";
import { useBrought } from "./use-brought";

/** The pictures that an order starts from: chosen, dropped or pasted, each with what becomes of it. */
export function Inputs({ model, signedIn }: { model?: Model; signedIn: boolean }) {
  const { t } = useI18n();
  const items = useTray();
  const chooser = useRef<HTMLInputElement>(null);
  const bring = (files: File[]) => {
    if (add(files) < files.length) toast(t("input.most", { n: MOST_PICTURES }));
  };
  const over = useBrought(bring);
  const most = model?.input_images ?? 1;
  const ready = items.filter((it) => it.state === "ready");
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-lg font-semibold">{t("input.title")}</legend>
      <ul className="flex flex-wrap gap-2">
        {items.map((item, place) => (
          <One
            key={item.key}
            item={item}
            place={place}
            signedIn={signedIn}
            unused={item.state === "ready" && ready.indexOf(item) >= most ? (model?.name ?? "") : null}
            drop={() => {
              remove(item.key);
              chooser.current?.focus();
            }}
          />
        ))}
        {items.length < MOST_PICTURES && (
          <li className={items.length === 0 ? "w-full" : ""}>
            <label
              className={`relative grid cursor-pointer place-items-center rounded-field border border-dashed text-center hover:border-blue has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-blue ${
                over ? "border-blue bg-[color-mix(in_oklab,var(--blue)_9%,transparent)]" : "border-edge"
              } ${items.length === 0 ? "min-h-28 gap-1 p-4 lg:min-h-40" : "size-24"}`}
            >
              <input
                ref={chooser}
                type="file"
                multiple
                accept="image/*,.heic,.heif"
                className="sr-only"
                onChange={({ target }) => {
                  bring([...(target.files ?? [])]);
                  // The same file may be chosen again.
                  target.value = "";
                }}
              />
              {items.length === 0 ? (
                <>
                  <Frame className="size-8 text-soft" />
                  <span className="font-semibold">{t(over ? "input.drop" : "input.choose")}</span>
                  <span className="text-sm text-soft">{t("input.how")}</span>
                </>
              ) : (
                <>
                  <Plus />
                  <span className="sr-only">{t("input.another")}</span>
                </>
              )}
            </label>
          </li>
        )}
      </ul>
      <p role="status" className="sr-only">
        {items.length > 0 && t("input.count", { n: ready.length, of: items.length })}
      </p>
      <p className="mt-2 hidden text-xs text-soft lg:block">{t("input.private")}</p>
    </fieldset>
  );
}

function One({
  item,
  place,
  signedIn,
  unused,
  drop,
}: {
  item: Item;
  place: number;
  signedIn: boolean;
  unused: string | null;
  drop: () => void;
}) {
  const { t } = useI18n();
  const name = item.name || t("input.number", { n: place + 1 });
  const { source, gone } = useSource(item.state === "ready" ? item.start : null, signedIn && item.state === "ready");
  useEffect(() => {
    if (gone) markWrong(item.key, { code: "gone", again: false });
  }, [gone, item.key]);
  const seen = item.preview ?? source?.url;
  const small = item.state === "ready";
  return (
    <li
      data-state={item.state}
      className={small ? "relative" : "flex w-full items-center gap-3 rounded-field border bg-sheet p-1.5"}
    >
      <div
        className={`relative shrink-0 overflow-hidden rounded-tile bg-sunk ${small ? "size-24" : "size-16"} ${unused === null ? "" : "opacity-40"}`}
      >
        {seen ? (
          <img src={seen} alt={name} className="size-full object-cover" />
        ) : (
          <span className="grid size-full place-items-center text-soft">
            <Frame />
          </span>
        )}
      </div>
      {!small && (
        <div className="min-w-0 grow text-sm">
          <p className="truncate font-semibold" dir="auto">
            {name}
          </p>
          <Progress item={item} name={name} />
        </div>
      )}
      {item.state === "wrong" && item.why.again && (
        <button type="button" className="min-h-11 px-2 text-sm underline" onClick={() => tryAgain(item.key)}>
          {t("act.retry")}
        </button>
      )}
      <button
        type="button"
        aria-label={t(item.state === "working" || item.state === "reading" ? "input.stop" : "input.remove", { name })}
        onClick={drop}
        className={
          small
            ? "absolute -end-1 -top-1 grid size-11 place-items-start justify-items-end p-2 outline-offset-[-4px]"
            : "grid size-11 shrink-0 place-items-center rounded-field"
        }
      >
        <span className={small ? "rounded-full bg-print p-0.5 text-print-light" : ""}>
          <Cross className={small ? "size-4" : "size-5"} />
        </span>
      </button>
      {unused !== null && <p className="mt-1 w-24 text-xs text-soft">{t("input.unused", { model: unused })}</p>}
    </li>
  );
}

function Progress({ item, name }: { item: Item; name: string }) {
  const { t } = useI18n();
  if (item.state === "wrong")
    return (
      <p role="alert" className="text-bad">
        {t(sentenceOf(item.why), { format: item.why.format ?? "", category: item.why.category ?? "–" })}
      </p>
    );
  const share = item.state === "working" && item.step === "sending" ? item.share : null;
  const text =
    item.state === "reading"
      ? t("input.reading")
      : item.state === "held"
        ? t("input.held")
        : item.state === "working" && item.step !== "sending"
          ? t(item.step === "checking" ? "input.checking" : "input.waiting")
          : t("input.sending", { n: Math.round((share ?? 0) * 100) });
  return (
    <>
      <p className="text-soft">{text}</p>
      {item.state === "working" && (
        <div
          role="progressbar"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={share === null ? undefined : Math.round(share * 100)}
          className="mt-1 h-1 overflow-hidden rounded-full bg-sunk"
        >
          <div
            className={`h-full bg-sun ${share === null ? "motion-safe:animate-pulse" : ""}`}
            style={{ width: `${share === null ? 100 : Math.max(4, share * 100)}%` }}
          />
        </div>
      )}
    </>
  );
}
