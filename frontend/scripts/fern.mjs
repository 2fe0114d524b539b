// Draws public/fern.webp: a frond as the first cyanotypes showed it. Run by hand when the drawing is to change.
import { fileURLToPath } from "node:url";
import sharp from "sharp";

let seed = 7;
const chance = () => {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
};
const paths = [];
const leaf = (x, y, angle, length, width) => {
  const at = (along, aside) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return `${(x + c * along - s * aside).toFixed(1)} ${(y + s * along + c * aside).toFixed(1)}`;
  };
  paths.push(`M${at(0, 0)}Q${at(length * 0.45, width)} ${at(length, 0)}Q${at(length * 0.45, -width)} ${at(0, 0)}`);
};
function frond(x, y, angle, length, bend, opacity) {
  paths.length = 0;
  const stems = [];
  const spine = [];
  let [px, py, a] = [x, y, angle];
  const steps = 30;
  for (let i = 0; i <= steps; i++) {
    spine.push(`${px.toFixed(1)} ${py.toFixed(1)}`);
    const share = i / steps;
    const reach = length * 0.3 * Math.sin(Math.PI * (0.12 + 0.86 * share)) ** 0.9 * (1 - share * 0.25);
    if (i > 3)
      for (const side of [-1, 1]) {
        const wing = a + side * (1.18 - share * 0.35) + (chance() - 0.5) * 0.07;
        stems.push(
          `M${px.toFixed(1)} ${py.toFixed(1)}Q${(px + Math.cos(wing) * reach * 0.5).toFixed(1)} ${(py + Math.sin(wing) * reach * 0.5).toFixed(1)} ${(px + Math.cos(wing + side * 0.24) * reach).toFixed(1)} ${(py + Math.sin(wing + side * 0.24) * reach).toFixed(1)}`,
        );
        const parts = Math.max(2, Math.round(reach / 10));
        for (let k = 0; k < parts; k++) {
          const along = (reach * k) / parts;
          const droop = wing + side * 0.28 * (k / parts);
          const [lx, ly] = [px + Math.cos(droop) * along, py + Math.sin(droop) * along];
          const small = 5 + (length / 42) * (1 - (0.65 * k) / parts) * (1 - share * 0.5);
          leaf(lx, ly, droop - 0.95, small, small * 0.3);
          leaf(lx, ly, droop + 0.95, small, small * 0.3);
        }
      }
    a += bend / steps;
    px += (Math.cos(a) * length) / steps;
    py += (Math.sin(a) * length) / steps;
  }
  return `<g opacity="${opacity}"><path d="M${spine.join("L")}" fill="none" stroke="#e6f1f7" stroke-width="2.4"/><path d="${stems.join("")}" fill="none" stroke="#e6f1f7" stroke-width="1"/><path d="${paths.join("")}" fill="#e6f1f7"/></g>`;
}
const art = [
  frond(430, 760, -1.95, 690, 0.55, 0.28),
  frond(250, 800, -1.62, 800, 0.3, 0.94),
  frond(120, 780, -1.1, 520, -0.5, 0.45),
];
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 720" width="1120" height="1440"><defs><radialGradient id="g" cx=".55" cy=".4" r=".9"><stop offset="0" stop-color="#2a62a8"/><stop offset=".6" stop-color="#174a87"/><stop offset="1" stop-color="#0d3163"/></radialGradient></defs><rect width="560" height="720" fill="url(#g)"/>${art.join("")}</svg>`;
await sharp(Buffer.from(drawing))
  .resize(700)
  .webp({ quality: 45 })
  .toFile(fileURLToPath(new URL("../public/fern.webp", import.meta.url)));
