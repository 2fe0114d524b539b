"use client";
import { usePathname } from "next/navigation";
import { lazy, Suspense, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { signIn, useSession } from "@/session/session";
import { Go } from "@/ui/go";
import { Guard } from "./guard";

const Person = lazy(() => import("./person").then((it) => ({ default: it.Person })));

/** What comes later (keys) is one more line here; statement and account are beside the name. */
const PLACES = [
  { to: "/create/", key: "nav.create" },
  { to: "/edit/", key: "nav.edit" },
  { to: "/library/", key: "nav.library" },
  { to: "/pricing/", key: "nav.pricing" },
] as const;

export function Header() {
  const { t } = useI18n();
  const path = usePathname();
  const session = useSession();
  return (
    <header className="mx-auto flex w-full max-w-7xl flex-wrap items-center gap-x-2 px-4 py-3 sm:gap-x-6 sm:px-8">
      <Go href="/" className="flex min-h-11 items-center gap-2.5 font-bold tracking-tight" dir="ltr">
        <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
          <rect width="32" height="32" rx="7" className="fill-print" />
          <circle cx="16" cy="13" r="6" className="fill-print-light" />
          <path
            d="M4 26c5-6 19-6 24 0"
            className="fill-none stroke-print-light"
            strokeWidth="2.4"
            strokeLinecap="round"
          />
        </svg>
        ImageGenerator
      </Go>
      <nav aria-label={t("nav.main")} className="order-last -ms-1.5 w-full sm:order-none sm:ms-0 sm:w-auto">
        <ul className="flex overflow-x-auto [scrollbar-width:none]">
          {PLACES.map(({ to, key }) => (
            <li key={to}>
              <Go
                href={to}
                aria-current={path === to ? "page" : undefined}
                className="flex min-h-11 items-center rounded-field px-1.5 whitespace-nowrap text-soft sm:px-2.5 -outline-offset-2 lg:px-3 hover:text-ink aria-[current=page]:font-semibold aria-[current=page]:text-ink"
              >
                {t(key)}
              </Go>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex grow items-center justify-end gap-1 sm:gap-3">
        {session.status === "in" ? (
          <Guard>
            <Suspense>
              <Person name={session.person.name || session.person.email} />
            </Suspense>
          </Guard>
        ) : session.status === "out" || session.status === "known" ? (
          <SignIn />
        ) : (
          <span className="min-h-11" />
        )}
      </div>
    </header>
  );
}

function SignIn() {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  return (
    <button
      type="button"
      disabled={busy}
      className="press press-line"
      onClick={() => {
        setBusy(true);
        const from = location.pathname === "/" ? "/create/" : undefined;
        signIn(from).catch(async () => {
          setBusy(false);
          // The first page does without it until then.
          (await import("@/ui/toasts")).toast(t("session.failed"));
        });
      }}
    >
      {t("nav.signIn")}
    </button>
  );
}
