"use client";
import { useRouter } from "next/navigation";
import { blankOf, keep, PAGES, read } from "./draft";
import { add } from "./tray";
import { useBrought } from "./use-brought";

/** A picture that is pasted or dropped beside words alone goes where pictures are taken, and the words go along. */
export function BringAlong({ prompt }: { prompt: string }) {
  const router = useRouter();
  useBrought((files) => {
    add(files);
    const there = read(sessionStorage, "picture", blankOf("picture"));
    try {
      if (!there.prompt.trim()) keep(sessionStorage, { ...there, prompt }, "picture");
    } catch {
      // Then the words stay here.
    }
    router.push(PAGES.picture);
  });
  return null;
}
