import type { Page } from "@playwright/test";

export type PictureFile = { name: string; mimeType: string; buffer: Buffer };

/** A picture as a browser draws it: a landscape whose top left corner has the colour that is asked for. */
export async function draw(
  page: Page,
  {
    width,
    height,
    corner = "#cfe3ee",
    type = "image/jpeg",
  }: { width: number; height: number; corner?: string; type?: string },
): Promise<Buffer> {
  const address = await page.evaluate(
    ([w, h, colour, format]) => {
      const canvas = document.createElement("canvas");
      canvas.width = w;
      canvas.height = h;
      const pen = canvas.getContext("2d");
      if (!pen) throw new Error("no canvas");
      const sky = pen.createLinearGradient(0, 0, 0, h);
      sky.addColorStop(0, "#cfe3ee");
      sky.addColorStop(1, "#f3d9b1");
      pen.fillStyle = sky;
      pen.fillRect(0, 0, w, h);
      pen.fillStyle = "#b5533c";
      pen.beginPath();
      pen.arc(w * 0.7, h * 0.35, h * 0.14, 0, 7);
      pen.fill();
      pen.fillStyle = "#3f5a45";
      pen.fillRect(0, h * 0.66, w, h * 0.34);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, w / 8, h / 8);
      return canvas.toDataURL(format, 0.9);
    },
    [width, height, corner, type] as const,
  );
  return Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
}

/** With what a camera writes: that it was held upright (6: turned to the right), a place, and whose camera it was. */
export function asPhotograph(jpeg: Buffer): Buffer {
  const text = Buffer.from("Ada's camera\0");
  const entry = (tag: number, type: number, count: number, value: number) => {
    const it = Buffer.alloc(12);
    it.writeUInt16BE(tag, 0);
    it.writeUInt16BE(type, 2);
    it.writeUInt32BE(count, 4);
    if (type === 3) it.writeUInt16BE(value, 8);
    else it.writeUInt32BE(value, 8);
    return it;
  };
  const count = (n: number) => Buffer.from([0, n]);
  const none = Buffer.alloc(4);
  // Two directories behind the eight bytes of the header: the picture's own with three entries, and the place's.
  const place = 8 + 2 + 3 * 12 + 4;
  const words = place + 2 + 12 + 4;
  const latitude = Buffer.from("4E00", "hex");
  const gps = entry(1, 2, 2, 0);
  latitude.copy(gps, 8);
  const tiff = Buffer.concat([
    Buffer.from("MM\0*"),
    Buffer.from([0, 0, 0, 8]),
    count(3),
    entry(0x0110, 2, text.length, words),
    entry(0x0112, 3, 1, 6),
    entry(0x8825, 4, 1, place),
    none,
    count(1),
    gps,
    none,
    text,
  ]);
  const body = Buffer.concat([Buffer.from("Exif\0\0"), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

export const heic: PictureFile = {
  name: "IMG_0042.HEIC",
  mimeType: "image/heic",
  buffer: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic"), Buffer.alloc(500)]),
};
export const jpeg = (name: string, buffer: Buffer): PictureFile => ({ name, mimeType: "image/jpeg", buffer });
