"use client";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useI18n } from "@/i18n/i18n";
import { Cross } from "./icons";
import { above, dialogsOpen, Toasts } from "./toasts";

/**
 * The browser's own dialog: it keeps the focus inside, gives it back, and closes on Escape. It is not where it was asked
 * for, because that may be within a form, and a dialog may have one of its own.
 */
export function Modal({
  title,
  wide,
  close,
  children,
}: {
  title: string;
  wide?: boolean;
  close: () => void;
  children: ReactNode;
}) {
  const { t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  const [depth] = useState(() => dialogsOpen() + 1);
  useEffect(() => {
    const shown = dialog.current;
    if (shown && !shown.open) shown.showModal();
    return above();
  }, []);
  // Before it is taken off the page: a dialog gives the focus back only while it is there.
  useLayoutEffect(() => {
    const shown = dialog.current;
    return () => shown?.close();
  }, []);
  return createPortal(
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      className={`m-auto max-h-[94dvh] w-[calc(100%-1.5rem)] overflow-auto rounded-xl border bg-sheet text-ink ${wide ? "max-w-6xl" : "max-w-md"}`}
    >
      <div className="sticky top-0 z-10 flex items-center justify-between gap-4 border-b bg-sheet ps-5 pe-2 py-1">
        <h2 className="truncate text-base font-semibold tracking-normal">{title}</h2>
        <button
          type="button"
          onClick={close}
          aria-label={t("act.close")}
          className="grid size-11 shrink-0 place-items-center rounded-field outline-offset-[-2px]"
        >
          <Cross />
        </button>
      </div>
      {children}
      <Toasts depth={depth} />
    </dialog>,
    document.body,
  );
}
