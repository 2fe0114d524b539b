import { type RefObject, useEffect } from "react";

/** Tells the page how much of its bottom the composer takes, so that messages show above it. */
export function useFoot(form: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const { style } = document.documentElement;
    const look = () => {
      const it = form.current;
      const sticks = it && getComputedStyle(it).bottom === "0px" && getComputedStyle(it).position === "sticky";
      // Never so high that a message leaves the page at the top.
      const height = sticks ? Math.min(it.offsetHeight, window.innerHeight * 0.6) : 0;
      style.setProperty("--bar", `${height}px`);
    };
    const watch = new ResizeObserver(look);
    if (form.current) watch.observe(form.current);
    window.addEventListener("resize", look);
    return () => {
      watch.disconnect();
      window.removeEventListener("resize", look);
      style.removeProperty("--bar");
    };
  }, [form]);
}
