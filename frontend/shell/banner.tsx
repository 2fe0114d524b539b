"use client";
import { useEffect, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { useLive } from "./live-state";

/** Nobody is bothered with an interruption shorter than this. */
const PATIENCE_MS = 5000;

export function Banner() {
  const { t } = useI18n();
  const connected = useLive();
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
  const text = offline ? t("live.offline") : late ? t("live.reconnecting") : "";
  return (
    <div role="status" className={text ? "border-y bg-sunk px-4 py-2 text-center text-sm" : "sr-only"}>
      {text}
    </div>
  );
}
