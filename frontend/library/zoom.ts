/** How a picture lies in its frame: `scale` 1 shows it whole, `x` and `y` are how far its middle is from the frame's. */
export type Zoom = { scale: number; x: number; y: number };
export type Size = { width: number; height: number };
export type Point = { x: number; y: number };

export const whole: Zoom = { scale: 1, x: 0, y: 0 };

/** As large as it is shown whole: never larger than it is. */
export function fitted(picture: Size, frame: Size): Size {
  const by = Math.min(1, frame.width / picture.width, frame.height / picture.height);
  return { width: picture.width * by, height: picture.height * by };
}

/** The scale at which one pixel of the picture is one of the page. */
export const actual = (picture: Size, frame: Size) => picture.width / Math.max(1, fitted(picture, frame).width);
export const most = (picture: Size, frame: Size) => Math.max(4, 2 * actual(picture, frame));

/** No further than its edge, and in the middle where there is room. */
export function keepIn(zoom: Zoom, picture: Size, frame: Size): Zoom {
  const fit = fitted(picture, frame);
  const scale = Math.min(most(picture, frame), Math.max(1, zoom.scale));
  const room = (side: keyof Size) => Math.max(0, (fit[side] * scale - frame[side]) / 2);
  const within = (at: number, by: number) => Math.min(by, Math.max(-by, at)) + 0;
  return { scale, x: within(zoom.x, room("width")), y: within(zoom.y, room("height")) };
}

/** To `scale`, with what is at `point` (from the frame's middle) staying where it is. */
export function zoomTo(zoom: Zoom, scale: number, point: Point, picture: Size, frame: Size): Zoom {
  const target = Math.min(most(picture, frame), Math.max(1, scale));
  const by = target / zoom.scale;
  const moved = { scale: target, x: point.x - (point.x - zoom.x) * by, y: point.y - (point.y - zoom.y) * by };
  return keepIn(moved, picture, frame);
}

export const pan = (zoom: Zoom, x: number, y: number, picture: Size, frame: Size) =>
  keepIn({ ...zoom, x: zoom.x + x, y: zoom.y + y }, picture, frame);

/** Which way a finger that went so far turns the page: 1 is on, -1 is back, 0 is neither. */
export function swiped(x: number, y: number, rightToLeft: boolean): -1 | 0 | 1 {
  if (Math.abs(x) < 60 || Math.abs(x) < 1.5 * Math.abs(y)) return 0;
  return x < 0 !== rightToLeft ? 1 : -1;
}
