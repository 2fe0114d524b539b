"use client";
import { lazy, Suspense, useEffect, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { useSession } from "@/session/session";
import type { Works } from "@/store/maintenance";
import { useReach } from "@/store/reach";
import { useWaiting } from "@/store/waiting";
import { useLive } from "./live-state";
import type { Kind } from "./trouble";

const Trouble = lazy(() => import("./trouble").then((it) => ({ default: it.Trouble })));

/** Nobody is bothered with an interruption shorter than this. */
const PATIENCE_MS = 5000;

/** One line for what matters most of all that is wrong. */
export function Banner({ works }: { works: Works }) {
  const { t } = useI18n();
  const connected = useLive();
  const session = useSession();
  const reach = useReach();
  const { names, waiting } = useWaiting();
  const [offline, setOffline] = useState(false);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    look();
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  useEffect(() => {
    setLate(false);
    if (connected !== false) return;
    const wait = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(wait);
  }, [connected]);
  // While the whole page says it, there is nothing to add.
  const kind: Kind | null =
    offline || works.state === "now"
      ? null
      : !reach.up
        ? { what: "down", next: reach.next }
        : session.status === "out" && session.ended
          ? { what: "ended" }
          : names.length > 0
            ? { what: "provider", names, waiting }
            : works.state === "soon"
              ? { what: "soon", it: works.it }
              : null;
  const text = offline ? t("live.offline") : late && session.status === "in" ? t("live.reconnecting") : "";
  return (
    <div
      role="status"
      className={text || kind ? "border-y bg-sunk px-4 py-2 text-center text-sm empty:border-0 empty:py-0" : "sr-only"}
    >
      {kind ? (
        <Suspense>
          <Trouble kind={kind} />
        </Suspense>
      ) : (
        text
      )}
    </div>
  );
}
