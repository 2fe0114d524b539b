"use client";
import { usePathname } from "next/navigation";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Languages, useI18n } from "@/i18n/i18n";
import { begin, useSession } from "@/session/session";
import { Toasts } from "@/ui/toasts";
import { Banner } from "./banner";
import { Footer } from "./footer";
import { Header } from "./header";
import { LiveContext } from "./live-state";

// Sockets and events come when somebody is signed in.
const KeepLive = lazy(() => import("./keep-live").then((it) => ({ default: it.KeepLive })));

/** Pages that show something of somebody's; `/create/` too, though it can be looked at without. */
const NEEDS = ["/create", "/library", "/billing"];

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
      <Banner />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-7xl min-h-dvh grow px-4 pb-20 outline-none sm:px-8"
      >
        {children}
      </main>
      <Footer />
      <Toasts />
      {session.status === "in" && (
        <Suspense>
          <KeepLive user={session.person.id} tell={setConnected} />
        </Suspense>
      )}
    </LiveContext>
  );
}
