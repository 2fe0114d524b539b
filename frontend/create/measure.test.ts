import { expect, it } from "vitest";
import { measure } from "./measure";

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(parts.flatMap((it) => (typeof it === "string" ? [...it].map((c) => c.charCodeAt(0)) : it)));

it("knows pictures by their bytes, and how large they are", () => {
  const exif = [0xff, 0xe1, 0, 6, 1, 2, 3, 4];
  const frame = [0xff, 0xc2, 0, 17, 8, 0x0b, 0xb8, 0x0f, 0xa0, 3, 0, 0];
  expect(measure(bytes([0xff, 0xd8], exif, frame))).toEqual({ format: "JPEG", width: 4000, height: 3000 });
  expect(measure(bytes([0x89], "PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [0, 0, 2, 0, 0, 0, 1, 0]))).toEqual({
    format: "PNG",
    width: 512,
    height: 256,
  });
  expect(measure(bytes("RIFF....WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0], [0xff, 1, 0], [0xff, 0, 0]))).toEqual({
    format: "WebP",
    width: 512,
    height: 256,
  });
  // One whose frame is further on.
  expect(measure(bytes([0xff, 0xd8], exif))).toEqual({ format: "JPEG" });
});

it("names what people bring along by the name that they know", () => {
  const names = [
    bytes([0, 0, 0, 24], "ftypheic", [0, 0, 0, 0], "mif1heic"),
    bytes([0, 0, 0, 24], "ftypmif1", [0, 0, 0, 0], "mif1avif"),
    bytes([0, 0, 0, 24], "ftypisom", [0, 0, 0, 0], "isommp41"),
    bytes("GIF89a", [1, 0, 1, 0]),
    bytes('<?xml version="1.0"?><svg>'),
    bytes("%PDF-1.7"),
    bytes("MM\0*"),
    bytes("hello"),
    bytes(),
  ].map((it) => measure(it).format);
  expect(names).toEqual(["HEIC", "AVIF", "MP4", "GIF", "SVG", "PDF", "TIFF", "", ""]);
});
