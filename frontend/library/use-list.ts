import { useEffect, useMemo, useRef, useState } from "react";
import type { Filters } from "./filters";
import { keptWall } from "./wall";

/** The wall for `filters`, drawn once a frame at the most, however much happens. */
export function useList(filters: Filters) {
  const wall = useMemo(() => keptWall(filters), [filters]);
  const [drawn, draw] = useState({ wall, shown: wall.now() });
  const frame = useRef(0);
  useEffect(() => {
    wall.refresh();
    const soon = () => {
      cancelAnimationFrame(frame.current);
      frame.current = requestAnimationFrame(() => draw({ wall, shown: wall.now() }));
    };
    soon();
    const end = wall.subscribe(soon);
    const back = () => wall.refresh();
    window.addEventListener("online", back);
    return () => {
      end();
      cancelAnimationFrame(frame.current);
      window.removeEventListener("online", back);
    };
  }, [wall]);
  return { wall, shown: drawn.wall === wall ? drawn.shown : wall.now() };
}
