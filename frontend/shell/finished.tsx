"use client";
import { useEffect, useRef, useState } from "react";
import { readPreferences } from "@/account/preferences";
import type { Generation } from "@/api/client";
import "@/i18n/en-rest";
import { useI18n } from "@/i18n/i18n";
import { endings, outcome } from "@/live/ended";
import { peek, subscribeToAll } from "@/store/generations";
import { badge } from "./badge";

/** Several endings at once are one sentence. */
const GATHER_MS = 2500;

/** Says what ended: to screen readers always, by title and icon when nobody looks, by a notification if that is wished. */
export function Finished() {
  const { t } = useI18n();
  const [said, setSaid] = useState("");
  const say = useRef(t);
  say.current = t;
  useEffect(() => {
    const ended = endings();
    let gathered: Generation[] = [];
    let unseen = 0;
    let clock: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      clock = undefined;
      const { done, failed } = outcome(gathered);
      gathered = [];
      const parts = [
        done > 0 ? say.current("live.done", { n: done }) : "",
        failed > 0 ? say.current("live.failed", { n: failed }) : "",
      ];
      setSaid(parts.filter(Boolean).join(" "));
    };
    const look = () => {
      const news = ended(peek()).filter((it) => it.status !== "cancelled");
      if (news.length === 0) return;
      gathered.push(...news);
      clock ??= setTimeout(flush, GATHER_MS);
      if (!document.hidden) return;
      unseen += news.length;
      badge(unseen);
      for (const job of news)
        notify(job, say.current(job.status === "succeeded" ? "live.done" : "live.failed", { n: 1 }));
    };
    const back = () => {
      if (document.hidden) return;
      unseen = 0;
      badge(0);
    };
    look();
    const end = subscribeToAll(look);
    document.addEventListener("visibilitychange", back);
    return () => {
      end();
      clearTimeout(clock);
      document.removeEventListener("visibilitychange", back);
      badge(0);
    };
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}

function notify(job: Generation, title: string) {
  if (!readPreferences(localStorage).notify) return;
  try {
    // Two tabs tell the same job once.
    const shown = new Notification(title, { body: job.prompt, tag: job.id, icon: "/icon-192.png" });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  } catch {
    // Some browsers tell nothing without a service worker; title and icon do.
  }
}
