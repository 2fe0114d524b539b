"use client";
import type { Picture as Image } from "@/api/client";

/** One picture of a job in its own shape from the beginning, so that nothing moves when it arrives. */
export function Picture({
  image,
  alt,
  size,
  className = "",
}: {
  image: Image;
  alt: string;
  size: "thumbnail" | "display";
  className?: string;
}) {
  const from = size === "thumbnail" ? image.thumbnail_url : image.display_url;
  if (image.status !== "delivered" || !from)
    return <div className={className} style={{ aspectRatio: `${image.width} / ${image.height}` }} />;
  return (
    <img
      src={from}
      alt={alt}
      width={image.width}
      height={image.height}
      loading="lazy"
      decoding="async"
      className={`printed bg-cover ${className}`}
      style={image.placeholder ? { backgroundImage: `url("${image.placeholder}")` } : undefined}
    />
  );
}
