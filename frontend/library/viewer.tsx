"use client";
import { type PointerEvent, useEffect, useRef, useState } from "react";
import type { Picture as Image } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { useShortcuts } from "@/shortcuts/registry";
import { Minus, Plus } from "@/ui/icons";
import { Broken, useAddress } from "@/ui/picture";
import { actual, keepIn, type Point, pan, type Size, swiped, whole, type Zoom, zoomTo } from "./zoom";

const STEP = 1.5;
/** How far a press of an arrow moves what is near, in CSS pixels. */
const AWAY: Record<string, [number, number]> = {
  ArrowLeft: [80, 0],
  ArrowUp: [0, 80],
  ArrowDown: [0, -80],
  ArrowRight: [-80, 0],
};

/** One picture, to be looked at closely. The original is loaded when it would show more than what is there. */
export function Viewer({ image, alt, turn }: { image: Image; alt: string; turn: (by: 1 | -1) => void }) {
  const { t, language } = useI18n();
  const frame = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState<Zoom>(whole);
  const [held, setHeld] = useState(false);
  const near = zoom.scale > 1.01;
  const source = useSource(image, near);
  const { tries, broken, again, failed } = useAddress(image);
  const [size, setSize] = useState<Size | null>(null);
  const inFrame = () => size ?? { width: image.width, height: image.height };
  const to = (scale: (was: number) => number, point: Point = { x: 0, y: 0 }) =>
    setZoom((was) => zoomTo(was, scale(was.scale), point, image, inFrame()));
  const move = (x: number, y: number) => setZoom((was) => pan(was, x, y, image, inFrame()));
  const fromMiddle = ({ clientX, clientY }: { clientX: number; clientY: number }): Point => {
    const box = frame.current?.getBoundingClientRect();
    return box ? { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 } : { x: 0, y: 0 };
  };
  const inOrOut = (point?: Point) => (near ? setZoom(whole) : to(() => Math.max(2, actual(image, inFrame())), point));

  const latest = useRef({ to, fromMiddle });
  latest.current = { to, fromMiddle };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was broken has another frame afterwards
  useEffect(() => {
    const box = frame.current;
    // React listens passively, and the page would scroll as well.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const by = Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / (event.ctrlKey ? 60 : 180));
      latest.current.to((was) => was * by, latest.current.fromMiddle(event));
    };
    box?.addEventListener("wheel", wheel, { passive: false });
    return () => box?.removeEventListener("wheel", wheel);
  }, [broken]);
  // A narrower window is another frame.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const watch = new ResizeObserver(() => {
      const now = { width: box.clientWidth, height: box.clientHeight };
      setSize(now);
      setZoom((was) => (was === whole ? was : keepIn(was, image, now)));
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, [image, broken]);

  const fingers = useFingers({
    near,
    move,
    pinch: (by, at) => to((was) => was * by, fromMiddle({ clientX: at.x, clientY: at.y })),
    swipe: (x, y) => {
      const by = swiped(x, y, language === "ar");
      if (by !== 0) turn(by);
    },
    hold: setHeld,
  });
  const [onward, backward] = language === "ar" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  useShortcuts(
    "library.grid",
    [
      { keys: ["+", "="], label: "detail.zoomIn", run: () => to((was) => was * STEP) },
      { keys: ["-"], label: "detail.zoomOut", run: () => to((was) => was / STEP) },
      { keys: ["0"], label: "keys.fit", run: () => inOrOut() },
      ...(near
        ? [
            {
              keys: Object.keys(AWAY),
              label: "keys.pan" as const,
              run: (key: string) => move(...(AWAY[key] ?? [0, 0])),
            },
          ]
        : [
            {
              keys: [backward, onward],
              label: "keys.turn" as const,
              run: (key: string) => turn(key === onward ? 1 : -1),
            },
          ]),
    ],
    1,
  );

  if (broken) return <Broken image={image} alt={alt} again={again} className="mx-auto max-h-[60dvh] w-full max-w-lg" />;
  const percent = Math.round((zoom.scale / actual(image, inFrame())) * 100);
  return (
    <div className="min-w-0">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons below and the keys do the same */}
      <div
        ref={frame}
        data-scale={zoom.scale.toFixed(2)}
        className={`relative max-h-[60dvh] min-h-56 w-full overflow-hidden select-none lg:aspect-auto! lg:h-[calc(94dvh-14rem)] lg:max-h-none ${near ? (held ? "cursor-grabbing" : "cursor-grab") : "cursor-zoom-in"}`}
        style={{ touchAction: near ? "none" : "pan-y", aspectRatio: `${image.width} / ${image.height}` }}
        onDoubleClick={(event) => inOrOut(fromMiddle(event))}
        {...fingers}
      >
        <img
          key={tries}
          src={source}
          onError={failed}
          alt={alt}
          width={image.width}
          height={image.height}
          draggable={false}
          decoding="async"
          className="printed absolute inset-0 m-auto h-auto max-h-full w-auto max-w-full rounded-tile bg-cover will-change-transform"
          style={{
            backgroundImage: image.placeholder ? `url("${image.placeholder}")` : undefined,
            aspectRatio: `${image.width} / ${image.height}`,
            transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`,
          }}
        />
      </div>
      <div className="mx-auto mt-2 flex w-fit items-center rounded-full border bg-sheet">
        <button
          type="button"
          aria-label={t("detail.zoomOut")}
          disabled={!near}
          className="grid size-11 place-items-center rounded-full disabled:opacity-40"
          onClick={() => to((was) => was / STEP)}
        >
          <Minus className="size-4" />
        </button>
        <button
          type="button"
          title={t("keys.fit")}
          className="edge-print min-h-11 min-w-16 text-ink"
          onClick={() => inOrOut()}
        >
          {size ? t("detail.zoom", { n: percent }) : "–"}
        </button>
        <button
          type="button"
          aria-label={t("detail.zoomIn")}
          className="grid size-11 place-items-center rounded-full"
          onClick={() => to((was) => was * STEP)}
        >
          <Plus className="size-4" />
        </button>
      </div>
    </div>
  );
}

const file = (address: string | null | undefined) => address?.split("?")[0];

/** The picture for the screen, and once somebody looks closely the original, when it is there. */
function useSource(image: Image, near: boolean): string | undefined {
  const [original, setOriginal] = useState<string | null>(null);
  const wanted = near && image.url && file(image.url) !== file(image.display_url) ? image.url : null;
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    const loader = new Image();
    loader.src = wanted;
    // Not decoded, or not come: what is there stays.
    loader.decode().then(
      () => gone || setOriginal(wanted),
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [wanted]);
  return (near && original) || image.display_url || undefined;
}

type Touch = {
  near: boolean;
  move: (x: number, y: number) => void;
  pinch: (by: number, at: Point) => void;
  swipe: (x: number, y: number) => void;
  hold: (is: boolean) => void;
};

/** One finger, or the mouse, moves what is near; two bring it nearer; one across what is whole turns the page. */
function useFingers({ near, move, pinch, swipe, hold }: Touch) {
  const down = useRef(new Map<number, Point>());
  const start = useRef<Point | null>(null);
  const end = (event: PointerEvent) => {
    const from = start.current;
    down.current.delete(event.pointerId);
    hold(false);
    if (from && event.type === "pointerup" && event.pointerType !== "mouse" && !near)
      swipe(event.clientX - from.x, event.clientY - from.y);
    start.current = null;
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      down.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      start.current = down.current.size === 1 ? { x: event.clientX, y: event.clientY } : null;
      hold(true);
    },
    onPointerMove(event: PointerEvent) {
      const was = down.current.get(event.pointerId);
      if (!was) return;
      const is = { x: event.clientX, y: event.clientY };
      const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
      down.current.set(event.pointerId, is);
      if (other) {
        const apart = (point: Point) => Math.max(20, Math.hypot(point.x - other.x, point.y - other.y));
        pinch(apart(is) / apart(was), { x: (is.x + other.x) / 2, y: (is.y + other.y) / 2 });
      } else if (near) move(is.x - was.x, is.y - was.y);
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
