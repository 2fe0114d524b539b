"use client";
import { usePathname } from "next/navigation";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Languages, useI18n } from "@/i18n/i18n";
import { begin, useSession } from "@/session/session";
import { Guard, PageGuard } from "./guard";
import { Header } from "./header";
import { LiveContext } from "./live-state";

// After the page itself, so that it does not wait for them.
const Around = lazy(() => import("./around").then((it) => ({ default: it.Around })));
// It is below the first screen of every page.
const Footer = lazy(() => import("./footer").then((it) => ({ default: it.Footer })));
// Sockets and events come when somebody is signed in.
const KeepLive = lazy(() => import("./keep-live").then((it) => ({ default: it.KeepLive })));

/** Pages that show something of somebody's; `/create/` and `/edit/` too, though they can be looked at without. */
const NEEDS = ["/create", "/edit", "/library", "/billing", "/statement", "/account"];

export function Shell({ children }: { children: ReactNode }) {
  return (
    <Languages>
      <Frame>{children}</Frame>
    </Languages>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const session = useSession();
  const path = usePathname();
  const [connected, setConnected] = useState<boolean | null>(null);
  const [shown, setShown] = useState(false);
  const [closed, setClosed] = useState(false);
  useEffect(() => setShown(true), []);
  useEffect(() => {
    if (!path.startsWith("/auth")) begin(NEEDS.some((it) => path.startsWith(it)));
  }, [path]);
  return (
    <LiveContext value={connected}>
      <a
        href="#content"
        className="press press-blue sr-only z-50 focus:not-sr-only focus:absolute focus:start-4 focus:top-3"
      >
        {t("nav.skip")}
      </a>
      <Header />
      {shown && (
        <Guard>
          <Suspense>
            <Around path={path} close={setClosed} />
          </Suspense>
        </Guard>
      )}
      <main
        id="content"
        tabIndex={-1}
        hidden={closed}
        className="mx-auto w-full max-w-7xl min-h-dvh grow px-4 pb-20 outline-none sm:px-8"
      >
        {/* Another page is another chance. */}
        <PageGuard key={path}>{children}</PageGuard>
      </main>
      {shown && (
        <Guard>
          <Suspense>
            <Footer />
          </Suspense>
        </Guard>
      )}
      {session.status === "in" && (
        <Guard>
          <Suspense>
            <KeepLive user={session.person.id} tell={setConnected} />
          </Suspense>
        </Guard>
      )}
    </LiveContext>
  );
}
