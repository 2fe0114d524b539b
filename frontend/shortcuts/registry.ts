import { useEffect, useRef, useSyncExternalStore } from "react";
import type { Key } from "@/i18n/en";
import { isPressed, isSingle, isTyping } from "./keys";

/**
 * One thing that keys do. Without `run`, what has the focus sees to it, and this only tells people.
 * `hit` is which of the keys it was.
 */
export type Shortcut = { keys: readonly string[]; label: Key; run?: (hit: string) => void };
/** Of one part of a page. `depth` is how many dialogs lie under it: 0 for a page, 1 for a dialog. */
export type Scope = { title: Key; depth: number; shortcuts: readonly Shortcut[] };

let scopes: readonly Scope[] = [];
const none: readonly Scope[] = [];
const listeners = new Set<() => void>();
const become = (next: readonly Scope[]) => {
  scopes = next;
  for (const listener of listeners) listener();
};

/** Where somebody switched single keys off. */
const OFF = "single-keys-off";
export const singleKeys = () => localStorage.getItem(OFF) === null;
export function allowSingleKeys(are: boolean) {
  if (are) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

function press(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || event.repeat || isTyping(event.target)) return;
  const depth = document.querySelectorAll("dialog[open]").length;
  for (const scope of [...scopes].reverse()) {
    if (scope.depth !== depth) continue;
    for (const { keys, run } of scope.shortcuts) {
      const hit = run && keys.find((it) => isPressed(it, event));
      if (!hit || (isSingle(hit) && !singleKeys())) continue;
      event.preventDefault();
      return run(hit);
    }
  }
}

/** While the component is there, these keys do something, and the list of shortcuts tells of them. */
export function useShortcuts(title: Key, shortcuts: readonly Shortcut[], depth = 0) {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = shortcuts.map((it) => `${it.keys.join(" ")}${it.run ? "!" : ""}`).join(",");
  // biome-ignore lint/correctness/useExhaustiveDependencies: what they do is read when they are pressed
  useEffect(() => {
    const scope: Scope = {
      title,
      depth,
      shortcuts: latest.current.map((it, n) => ({ ...it, run: it.run && ((hit) => latest.current[n]?.run?.(hit)) })),
    };
    if (scopes.length === 0) window.addEventListener("keydown", press);
    become([...scopes, scope]);
    return () => {
      become(scopes.filter((it) => it !== scope));
      if (scopes.length === 0) window.removeEventListener("keydown", press);
    };
  }, [title, depth, names]);
}

export const useScopes = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => scopes,
    () => none,
  );
