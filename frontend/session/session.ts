import { useSyncExternalStore } from "react";
import type { Person } from "./door";

export type Session =
  | { status: "unknown" | "restoring" }
  /** `ended`: was signed in on this page, and is no longer without having wished so. */
  | { status: "out"; ended?: boolean }
  | { status: "in"; person: Person }
  /** Signed in here before, and not asked yet whether that still holds. */
  | { status: "known" };

/** Says that somebody signed in here, so that a new page asks the issuer. It is no token. */
const KNOWN = "known";
let now: Session = { status: "unknown" };
const before: Session = now;
const listeners = new Set<() => void>();
const become = (next: Session) => {
  now = next;
  for (const listener of listeners) listener();
};

/** Most who look at the first page do not sign in there: what signs in comes when somebody does. */
const opened = () => import("./opened").then((it) => it.opened());

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => now,
    () => before,
  );
}

const here = () => location.pathname + location.search;

/** What a page begins with. One that needs somebody gets them back without a question where the issuer knows them. */
export function begin(needed: boolean) {
  if (now.status !== "unknown" && !(now.status === "known" && needed)) return;
  if (!localStorage.getItem(KNOWN)) return become({ status: "out" });
  if (!needed) return become({ status: "known" });
  become({ status: "restoring" });
  // Taken back before the way there: if it fails in whatever manner, the next page does not try for ever.
  localStorage.removeItem(KNOWN);
  opened()
    .then((it) => it.enter(here(), true))
    .catch(() => become({ status: "out" }));
}

export async function signIn(returnTo = here()) {
  await (await opened()).enter(returnTo, false);
}

/** Who is here at this moment, for what is no component. */
export const present = (): string | null => (now.status === "in" ? now.person.id : null);

/** On the callback page. Gives back where to go on. */
export async function arrive(): Promise<string> {
  const { person, returnTo } = await (await opened()).arrive();
  if (person) localStorage.setItem(KNOWN, "1");
  become(person ? { status: "in", person } : { status: "out" });
  // Never to another host, whatever the state says.
  return /^\/(?![/\\])/.test(returnTo) ? returnTo : "/";
}

export async function signOut() {
  localStorage.removeItem(KNOWN);
  (await import("./forget")).forget();
  new BroadcastChannel("session").postMessage("out");
  await (await opened()).leave();
}

if (typeof BroadcastChannel !== "undefined" && typeof window !== "undefined")
  new BroadcastChannel("session").onmessage = () => {
    if (now.status === "in" || now.status === "known") location.assign("/");
  };

/** For the API: `null` when nobody is signed in, or no longer. */
export async function accessToken(fresh: boolean): Promise<string | null> {
  if (now.status !== "in") return null;
  const token = await (await opened()).token(fresh);
  if (!token) sessionEnded();
  return token;
}

/** The API takes no token of theirs any more. What they wrote stays where it is. */
export function sessionEnded() {
  if (now.status === "in") become({ status: "out", ended: true });
}
