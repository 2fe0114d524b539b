export const FORMATS = { png: "image/png", webp: "image/webp", jpeg: "image/jpeg" } as const;
export type Format = keyof typeof FORMATS;

/** The browser makes no file of that kind. */
export class CannotMake extends Error {}

export async function load(address: string): Promise<Blob> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.blob();
}

/** `file` as `format`, made here: only its pixels go over, and nothing that was written about them. */
export async function convert(file: Blob, format: Format): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const pen = canvas.getContext("2d");
  if (!pen) throw new CannotMake();
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, FORMATS[format], 0.92));
  // What a browser cannot make becomes a PNG without a word.
  if (made?.type !== FORMATS[format]) throw new CannotMake();
  return made;
}
