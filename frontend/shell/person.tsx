"use client";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { useMe } from "@/store/me";
import { Go } from "@/ui/go";
import { Down, Person as Face } from "@/ui/icons";
import { Guard } from "./guard";

const Balance = lazy(() => import("./balance").then((it) => ({ default: it.Balance })));

/** Who is signed in, and what they have. */
export function Person({ name }: { name: string }) {
  const { t } = useI18n();
  const credits = useMe()?.credits;
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) setOpen(false);
    };
    const leave = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", leave);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", leave);
    };
  }, [open]);
  return (
    <>
      <div ref={frame} className="sm:relative">
        <button
          ref={button}
          type="button"
          aria-expanded={open}
          aria-haspopup="dialog"
          className="flex min-h-11 items-center gap-2 rounded-field border border-transparent px-2.5 hover:border-edge aria-expanded:border-edge"
          onClick={() => setOpen(!open)}
        >
          <span className="edge-print text-end leading-tight text-ink">
            {!credits
              ? t("nav.balance")
              : credits.unlimited
                ? t("nav.unlimited")
                : t("nav.credits", { n: credits.available })}
            {credits && credits.held > 0 && (
              <span className="block text-sun">{t("nav.held", { n: credits.held })}</span>
            )}
          </span>
          <Down className={`size-4 text-soft ${open ? "rotate-180" : ""}`} />
        </button>
        {open && (
          <Guard>
            <Suspense>
              <Balance close={() => setOpen(false)} />
            </Suspense>
          </Guard>
        )}
      </div>
      <Go
        href="/account/"
        aria-label={`${t("nav.account")}: ${name}`}
        className="flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-field text-sm text-soft hover:text-ink"
      >
        <Face />
        <span className="hidden max-w-40 truncate md:inline">{name}</span>
      </Go>
    </>
  );
}
