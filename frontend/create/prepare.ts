import { measure } from "./measure";
import { Unfit } from "./unfit";

/** What the service keeps of a picture: more would be sent and thrown away. */
const KEPT_PIXELS = 2_000_000;
/** A picture is four bytes a pixel in memory, however small its file is. */
const MOST_PIXELS = 100_000_000;
const MOST_FILE = 64 * 1024 * 1024;
const MOST_SENT = 10 * 1024 * 1024;
const LEAST_SIDE = 64;
const NARROWEST = 10;
/** Where the frame of a JPEG stands at the latest, behind its thumbnails and profiles. */
const BEGINNING = 512 * 1024;

let line: Promise<unknown> = Promise.resolve();
/** One at a time: each may need half a gigabyte for a moment. */
export function prepare(file: Blob): Promise<Blob> {
  const next = line.then(
    () => redraw(file),
    () => redraw(file),
  );
  line = next.catch(() => {});
  return next;
}

/**
 * `file` drawn anew: upright, no larger than is of use, on white, and with nothing of what cameras write into it. Time
 * and place of a photograph do not leave the browser.
 */
async function redraw(file: Blob): Promise<Blob> {
  if (file.size > MOST_FILE) throw new Unfit("too_many_bytes");
  const head = await file
    .slice(0, BEGINNING)
    .arrayBuffer()
    // A file that was moved or changed after it was chosen.
    .catch(() => Promise.reject(new Unfit("lost")));
  const { format, width = 0, height = 0 } = measure(new Uint8Array(head));
  if (width * height > MOST_PIXELS) throw new Unfit("too_many_pixels");
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) throw unreadable(format);
  try {
    const { width: w, height: h } = bitmap;
    if (Math.min(w, h) < LEAST_SIDE) throw new Unfit("too_small");
    if (Math.max(w, h) > NARROWEST * Math.min(w, h)) throw new Unfit("too_narrow");
    const scale = Math.min(1, Math.sqrt(KEPT_PIXELS / (w * h)));
    const canvas = new OffscreenCanvas(Math.round(w * scale), Math.round(h * scale));
    const pen = canvas.getContext("2d", { alpha: false });
    if (!pen) throw new Unfit("too_many_pixels");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    // A photograph was lossy before; what was not stays as it is, unless it gets too heavy.
    if (format !== "JPEG") {
      const exact = await canvas.convertToBlob({ type: "image/png" });
      if (exact.size <= MOST_SENT) return exact;
    }
    return await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
  } finally {
    bitmap.close();
  }
}

function unreadable(format: string): Unfit {
  if (format === "HEIC") return new Unfit("heic");
  if (["JPEG", "PNG", "WebP"].includes(format)) return new Unfit("damaged");
  return format ? new Unfit("foreign_format", { format }) : new Unfit("not_a_picture");
}
