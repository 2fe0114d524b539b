/** What a file is, by its first bytes: names and endings say little. Sizes where they are near the beginning. */
export type Measured = { format: string; width?: number; height?: number };

const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
const be16 = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const be32 = (bytes: Uint8Array, at: number) => be16(bytes, at) * 65536 + be16(bytes, at + 2);
const le16 = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
const le24 = (bytes: Uint8Array, at: number) => le16(bytes, at) | ((bytes[at + 2] ?? 0) << 16);

export function measure(bytes: Uint8Array): Measured {
  if (be16(bytes, 0) === 0xffd8) return jpeg(bytes);
  if (be32(bytes, 0) === 0x89504e47) return { format: "PNG", width: be32(bytes, 16), height: be32(bytes, 20) };
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP") return webp(bytes);
  if (ascii(bytes, 0, 3) === "GIF") return { format: "GIF", width: le16(bytes, 6), height: le16(bytes, 8) };
  if (ascii(bytes, 4, 8) === "ftyp") return { format: boxed(bytes) };
  if (ascii(bytes, 0, 2) === "BM") return { format: "BMP" };
  if (["II*\0", "MM\0*"].includes(ascii(bytes, 0, 4))) return { format: "TIFF" };
  if (ascii(bytes, 0, 5) === "%PDF-") return { format: "PDF" };
  if (/^\s*(<\?xml|<!--|<svg)/.test(ascii(bytes, 0, 64)) && /<svg/.test(ascii(bytes, 0, 2048)))
    return { format: "SVG" };
  return { format: "" };
}

/** The brand that ISO files name first, or among those that they go with. */
function boxed(bytes: Uint8Array): string {
  const brands = ascii(bytes, 8, Math.min(be32(bytes, 0), 64));
  if (/hei[cfmsx]|hev[cx]/.test(brands)) return "HEIC";
  if (/avi[fs]/.test(brands)) return "AVIF";
  return /mif1|msf1/.test(brands) ? "HEIC" : "MP4";
}

function jpeg(bytes: Uint8Array): Measured {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    // A frame's header; C4, C8 and CC are tables.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { format: "JPEG", height: be16(bytes, at + 5), width: be16(bytes, at + 7) };
    at += 2 + be16(bytes, at + 2);
  }
  return { format: "JPEG" };
}

function webp(bytes: Uint8Array): Measured {
  const kind = ascii(bytes, 12, 16);
  if (kind === "VP8X") return { format: "WebP", width: le24(bytes, 24) + 1, height: le24(bytes, 27) + 1 };
  if (kind === "VP8 ") return { format: "WebP", width: le16(bytes, 26) & 0x3fff, height: le16(bytes, 28) & 0x3fff };
  const bits = le24(bytes, 21) + (bytes[24] ?? 0) * 0x1000000;
  return { format: "WebP", width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
