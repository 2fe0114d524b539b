import { useEffect, useSyncExternalStore } from "react";
import { api, ask, FINAL, type Me } from "@/api/client";
import { useSession } from "@/session/session";
import { subscribeToAll } from "./generations";
import { useReturn } from "./reach";

let me: Me | null = null;
const listeners = new Set<() => void>();

export async function refreshMe() {
  me = await ask(api.GET("/api/v1/me"));
  for (const listener of listeners) listener();
}

/** Credits move when a job begins or ends. One that is older than all we know is a page of the library. */
let newest = "";
let wait: ReturnType<typeof setTimeout> | undefined;
subscribeToAll((changes) => {
  const before = newest;
  let moved = changes.length === 0;
  for (const { was, is } of changes) {
    const ended = FINAL.has(is.status);
    if (was ? FINAL.has(was.status) !== ended : !ended || is.id > before) moved = true;
    if (is.id > newest) newest = is.id;
  }
  if (!moved) return;
  clearTimeout(wait);
  wait = setTimeout(() => refreshMe().catch(() => {}), 250);
});

const look = () => {
  if (!me) refreshMe().catch(() => {});
};

/** Plan, limits and credits; `null` until they are known, or when nobody is signed in. */
export function useMe(): Me | null {
  const { status } = useSession();
  useEffect(() => {
    if (status === "in" && !me) refreshMe().catch(() => {});
  }, [status]);
  useReturn(look);
  const known = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => me,
    () => null,
  );
  return status === "in" ? known : null;
}
