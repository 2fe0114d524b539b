import { useSyncExternalStore } from "react";
import { Problem } from "@/api/problem";
import { isSame, type Start } from "@/store/sources";
import type { Why } from "./unfit";
import type { Step } from "./upload";

/** The pictures to start from, in the order in which they were chosen, wherever each of them is on its way. */
export type Item = { key: string; name: string; preview?: string } & (
  | { state: "ready"; start: Start }
  | { state: "reading" }
  /** For somebody to sign in. */
  | { state: "held" }
  | ({ state: "working" } & Step)
  | { state: "wrong"; why: Why }
);
/** The most that any model takes. */
export const MOST_PICTURES = 8;

let items: readonly Item[] = [];
const none: readonly Item[] = [];
let person = false;
let begun = false;
const files = new Map<string, Blob>();
const ends = new Map<string, AbortController>();
const listeners = new Set<() => void>();

const PLACE = "inputs";
type Kept = { key: string; name: string; start?: Start };

function become(next: readonly Item[]) {
  items = next;
  // What is wrong for good is not brought back by a reload.
  const kept = items
    .filter((it) => it.state !== "wrong" || files.has(it.key))
    .map((it): Kept => ({ key: it.key, name: it.name, ...(it.state === "ready" ? { start: it.start } : {}) }));
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(kept));
  } catch {
    // Then they last as long as the page.
  }
  for (const listener of listeners) listener();
}
type State = Item extends infer It ? (It extends Item ? Omit<It, "key" | "name" | "preview"> : never) : never;
const change = (key: string, state: State) =>
  become(items.map((it) => (it.key === key ? { key, name: it.name, preview: it.preview, ...state } : it)));
const here = (key: string) => items.some((it) => it.key === key);

export const useTray = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => items,
    () => none,
  );

const isKept = (it: unknown): it is Kept =>
  typeof it === "object" && it !== null && "key" in it && "name" in it && typeof it.key === "string";
function read(): Kept[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isKept) : [];
  } catch {
    return [];
  }
}

/** What this tab had chosen, again; and what waits for somebody goes on when there is one. */
export function begin(signedIn: boolean) {
  person = signedIn;
  if (!begun) {
    begun = true;
    const kept = read().filter((it) => !here(it.key));
    become([
      ...kept.map(
        ({ key, name, start }): Item => (start ? { key, name, state: "ready", start } : { key, name, state: "held" }),
      ),
      ...items,
    ]);
    for (const it of kept) if (!it.start) fetchFile(it.key);
    import("./cupboard").then((it) => it.tidy()).catch(() => {});
  }
  if (person) for (const it of items) if (it.state === "held" && files.has(it.key)) send(it.key);
}

async function fetchFile(key: string) {
  const { fetchOut } = await import("./cupboard");
  const file = await fetchOut(key);
  if (!here(key)) return;
  if (!file) return change(key, { state: "wrong", why: { code: "lost", again: false } });
  files.set(key, file);
  become(items.map((it) => (it.key === key ? { ...it, preview: URL.createObjectURL(file) } : it)));
  if (person) send(key);
}

/** How many of `chosen` had a place. */
export function add(chosen: readonly File[]): number {
  const room = Math.max(0, MOST_PICTURES - items.length);
  const taken = chosen.slice(0, room).map((file) => ({ file, key: crypto.randomUUID() }));
  become([...items, ...taken.map(({ key, file }): Item => ({ key, name: file.name, state: "reading" }))]);
  for (const { key, file } of taken) ready(key, file);
  return taken.length;
}

/** `false` when there is no room. */
export function addStart(start: Start): boolean {
  load();
  if (items.some((it) => it.state === "ready" && isSame(it.start, start))) return true;
  if (items.length >= MOST_PICTURES) return false;
  become([...items, { key: crypto.randomUUID(), name: "", state: "ready", start }]);
  return true;
}

const startsOf = (list: readonly Item[]) => list.flatMap((it) => (it.state === "ready" ? [it.start] : []));

/** As a recipe has them. Gives back how to undo it, when others were there that had to make room. */
export function replaceAll(starts: readonly Start[]): (() => void) | null {
  load();
  const before = startsOf(items);
  for (const it of items) remove(it.key);
  for (const it of starts) addStart(it);
  const left = before.some((it) => !starts.some((other) => isSame(it, other)));
  return left ? () => void replaceAll(before) : null;
}

/** Called from another page, what this tab has chosen may not be here yet. */
function load() {
  if (!begun) begin(person);
}

async function ready(key: string, file: File) {
  try {
    const [{ prepare }, { lay }] = await Promise.all([import("./prepare"), import("./cupboard")]);
    const drawn = await prepare(file);
    if (!here(key)) return;
    files.set(key, drawn);
    await lay(key, drawn);
    if (!here(key)) return remove(key);
    become(
      items.map((it) =>
        it.key === key ? { key, name: it.name, preview: URL.createObjectURL(drawn), state: "held" } : it,
      ),
    );
    if (person) send(key);
  } catch (error) {
    const { whyOf } = await import("./unfit");
    change(key, { state: "wrong", why: whyOf(error) });
  }
}

async function send(key: string) {
  const file = files.get(key);
  if (!file || ends.has(key)) return;
  const end = new AbortController();
  ends.set(key, end);
  change(key, { state: "working", step: "sending", share: 0 });
  const tell = (step: Step) => end.signal.aborted || change(key, { state: "working", ...step });
  try {
    const { upload } = await import("./upload");
    const { id } = await upload(file, tell, end.signal);
    if (end.signal.aborted) return;
    forget(key);
    change(key, { state: "ready", start: { upload_id: id } });
  } catch (error) {
    if (end.signal.aborted) return;
    // The session ended meanwhile: the file waits for the next one.
    if (error instanceof Problem && error.status === 401) return change(key, { state: "held" });
    const { whyOf } = await import("./unfit");
    const why = whyOf(error);
    // Refused for good: the file is of no use here.
    if (!why.again) forget(key);
    change(key, { state: "wrong", why });
  } finally {
    ends.delete(key);
  }
}

export const tryAgain = (key: string) => send(key);

/** What the service found out later about a picture that was ready. */
export const markWrong = (key: string, why: Why) => change(key, { state: "wrong", why });

function forget(key: string) {
  files.delete(key);
  import("./cupboard").then((it) => it.takeOut(key)).catch(() => {});
}

/** Stops it, too, wherever it is. What was sent and is not used goes by itself. */
export function remove(key: string) {
  ends.get(key)?.abort();
  ends.delete(key);
  forget(key);
  const item = items.find((it) => it.key === key);
  if (item?.preview) URL.revokeObjectURL(item.preview);
  become(items.filter((it) => it.key !== key));
}
