"use client";
import { useEffect } from "react";
import { live } from "@/live/live";

export function KeepLive({ user, tell }: { user: string; tell: (connected: boolean) => void }) {
  useEffect(() => {
    const end = new AbortController();
    live(user, end.signal, tell);
    return () => end.abort();
  }, [user, tell]);
  return null;
}
