"use client";
import { useEffect } from "react";
import { live } from "@/live/live";
import { watchProviders } from "@/store/providers";
import { Finished } from "./finished";

/** What goes on while somebody is signed in, whichever page they look at. */
export function KeepLive({ user, tell }: { user: string; tell: (connected: boolean) => void }) {
  useEffect(() => {
    const end = new AbortController();
    live(user, end.signal, tell);
    watchProviders(end.signal);
    return () => end.abort();
  }, [user, tell]);
  return <Finished />;
}
