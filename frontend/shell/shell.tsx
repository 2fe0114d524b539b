"use client";
import { usePathname } from "next/navigation";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Languages, useI18n } from "@/i18n/i18n";
import { begin, useSession } from "@/session/session";
import { useMaintenance } from "@/store/maintenance";
import { Toasts } from "@/ui/toasts";
import { Banner } from "./banner";
import { Footer } from "./footer";
import { Header } from "./header";
import { LiveContext } from "./live-state";
import { Mild } from "./mild";
import { useStale } from "./stale";

// Sockets and events come when somebody is signed in.
const KeepLive = lazy(() => import("./keep-live").then((it) => ({ default: it.KeepLive })));
// Seldom needed, and not at all while all is well.
const Closed = lazy(() => import("./closed").then((it) => ({ default: it.Closed })));

/** Pages that show something of somebody's; `/create/` too, though it can be looked at without. */
const NEEDS = ["/create", "/library", "/billing", "/statement", "/account"];

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
  const { works, again } = useMaintenance();
  useStale();
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
      <Banner works={works} />
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-7xl grow px-4 pb-20 outline-none sm:px-8">
        {works.state === "now" && (
          <Suspense>
            <Closed it={works.it} again={again} />
          </Suspense>
        )}
        {/* It stays as it was behind: nobody loses what they were at. */}
        <div hidden={works.state === "now"}>{children}</div>
      </main>
      <Footer />
      <Toasts />
      {session.status === "in" && (
        <Mild>
          <Suspense>
            <KeepLive user={session.person.id} tell={setConnected} />
          </Suspense>
        </Mild>
      )}
    </LiveContext>
  );
}
