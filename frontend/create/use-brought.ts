import { useEffect, useRef, useState } from "react";

const filesOf = (from: DataTransfer | null) => [...(from?.files ?? [])];
const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;

/**
 * Files that are pasted or dropped anywhere on the page. One that misses a mark would take the page away and show the
 * file in its place. Tells whether one is being carried over the page.
 */
export function useBrought(take: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const carried = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const move = (event: DragEvent) => {
      if (!carried(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!carried(event)) return;
      event.preventDefault();
      setOver(false);
      const files = filesOf(event.dataTransfer);
      if (files.length > 0) latest.current(files);
    };
    const paste = (event: ClipboardEvent) => {
      const files = filesOf(event.clipboardData);
      // Text programs put a picture of the words beside the words.
      const words = event.clipboardData?.types.includes("text/plain") && isWriting(event.target);
      if (files.length === 0 || words) return;
      event.preventDefault();
      latest.current(files);
    };
    window.addEventListener("dragover", move);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    document.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragover", move);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
      document.removeEventListener("paste", paste);
    };
  }, []);
  return over;
}
