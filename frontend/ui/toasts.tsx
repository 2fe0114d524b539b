"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useI18n } from "@/i18n/i18n";
import { useShortcuts } from "@/shortcuts/registry";

type Toast = { id: number; text: string; undo?: () => void };
let toasts: readonly Toast[] = [];
const none: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();
const become = (next: readonly Toast[]) => {
  toasts = next;
  for (const listener of listeners) listener();
};
export const dismiss = (id: number) => become(toasts.filter((it) => it.id !== id));
/** Says `text` for eight seconds, to the eye and to screen readers. */
export const toast = (text: string, undo?: () => void) => {
  count += 1;
  become([...toasts.slice(-2), { id: count, text, undo }]);
};

let dialogs = 0;
export const dialogsOpen = () => dialogs;
const watching = new Set<() => void>();
/** A dialog opens; what is given back is for its end. What lies under a dialog is neither heard nor pressed. */
export function above() {
  dialogs += 1;
  for (const listener of watching) listener();
  return () => {
    dialogs -= 1;
    for (const listener of watching) listener();
  };
}

/** They are where they can be reached: on the page, or in the uppermost dialog. `depth` tells which this is. */
export function Toasts({ depth = 0 }: { depth?: number }) {
  const top = useSyncExternalStore(
    (listener) => {
      watching.add(listener);
      return () => watching.delete(listener);
    },
    () => dialogs,
    () => 0,
  );
  return <Region shown={top === depth} depth={depth} />;
}

function Region({ shown: here, depth }: { shown: boolean; depth: number }) {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
    () => none,
  );
  const last = shown.findLast((it) => it.undo);
  const undo = () => {
    if (!last) return;
    dismiss(last.id);
    last.undo?.();
  };
  useShortcuts("keys.anywhere", [{ keys: ["Mod+z"], label: "act.undo", run: last && undo }], depth);
  return (
    <div
      aria-live="polite"
      className="fixed inset-x-4 bottom-[calc(1rem+var(--bar,0px))] z-50 flex flex-col items-center gap-2 empty:hidden"
    >
      {(here ? shown : none).map((it) => (
        <One key={it.id} toast={it} />
      ))}
    </div>
  );
}

function One({ toast: { id, text, undo } }: { toast: Toast }) {
  const { t } = useI18n();
  // Whoever points at it, or has come to it by keys, is not hurried.
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const end = setTimeout(() => dismiss(id), 8000);
    return () => clearTimeout(end);
  }, [id, held]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only waits longer
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="flex items-center gap-4 rounded-field bg-ink px-4 py-1.5 text-paper shadow-lg"
    >
      <span>{text}</span>
      <button
        type="button"
        className="min-h-11 font-semibold underline underline-offset-4 outline-offset-0"
        onClick={() => {
          dismiss(id);
          undo?.();
        }}
      >
        {t(undo ? "act.undo" : "act.dismiss")}
      </button>
    </div>
  );
}
