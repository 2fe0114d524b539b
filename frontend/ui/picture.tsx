"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, ask, type Picture as Image } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { peek, put } from "@/store/generations";
import { useReturn } from "@/store/reach";
import { Again } from "./icons";

/** Addresses of pictures end. The job tells new ones. */
async function anew(image: Image) {
  const job = peek().find((it) => it.images.includes(image));
  if (job) put([await ask(api.GET("/api/v1/generations/{id}", { params: { path: { id: job.id } } }))]);
}

/**
 * Whether the file of `image` comes. An address that is over is asked for anew once by itself, and then by whoever
 * presses; `tries` tells one file from the next.
 */
export function useAddress(image: Image) {
  const [tries, setTries] = useState(0);
  const [broken, setBroken] = useState(false);
  const again = useCallback(
    () =>
      anew(image).then(
        () => {
          setTries((n) => n + 1);
          setBroken(false);
        },
        () => setBroken(true),
      ),
    [image],
  );
  const failed = () => (tries === 0 ? again() : setBroken(true));
  return { tries, broken, again, failed };
}

type Props = { image: Image; alt: string; size: "thumbnail" | "display"; className?: string };

/** One picture of a job in its own shape from the beginning, so that nothing moves when it arrives. */
export function Picture(props: Props) {
  const { image, alt, size, className = "" } = props;
  const { tries, broken, again, failed } = useAddress(image);
  const from = size === "thumbnail" ? image.thumbnail_url : image.display_url;
  if (image.status !== "delivered" || !from)
    return <div className={className} style={{ aspectRatio: `${image.width} / ${image.height}` }} />;
  if (broken) return <Broken {...props} again={again} />;
  return (
    <img
      key={tries}
      src={from}
      alt={alt}
      width={image.width}
      height={image.height}
      loading="lazy"
      decoding="async"
      onError={failed}
      className={`printed bg-cover ${className}`}
      style={image.placeholder ? { backgroundImage: `url("${image.placeholder}")` } : undefined}
    />
  );
}

/** It did not come twice. It comes again by itself when the service is back, or when somebody presses. */
export function Broken({
  image,
  alt,
  className = "",
  again,
}: Pick<Props, "image" | "alt" | "className"> & { again: () => void }) {
  const { t } = useI18n();
  // Within a link or a button there is no room for another: that one leads to where there is.
  const [alone, setAlone] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => setAlone(!place.current?.parentElement?.closest("a, button")), []);
  useReturn(again);
  return (
    <span
      ref={place}
      className={`grid place-items-center overflow-hidden bg-sunk bg-cover ${className}`}
      style={{
        aspectRatio: `${image.width} / ${image.height}`,
        ...(image.placeholder ? { backgroundImage: `url("${image.placeholder}")` } : {}),
      }}
    >
      {alone ? (
        <button type="button" className="press press-blue" onClick={again}>
          <Again /> {t("picture.again")}
        </button>
      ) : (
        <span role="img" aria-label={`${alt}: ${t("picture.broken")}`} className="rounded-full bg-sheet p-2 text-ink">
          <Again />
        </span>
      )}
    </span>
  );
}
