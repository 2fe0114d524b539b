"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import "@/i18n/en-rest";
import { wayBack } from "@/pricing/errand";
import { useMaintenance } from "@/store/maintenance";
import { Toasts } from "@/ui/toasts";
import { Banner } from "./banner";
import { Closed } from "./closed";
import { useStale } from "./stale";

/** What a page needs a moment after it is there: what is wrong, what is told, and the way back from paying. */
export function Around({ path, close }: { path: string; close: (closed: boolean) => void }) {
  const router = useRouter();
  const { works, again } = useMaintenance();
  const closed = works.state === "now";
  useStale();
  useEffect(() => close(closed), [closed, close]);
  // The payment service sends people back to the first page.
  useEffect(() => {
    const to = path === "/" ? wayBack(sessionStorage, location.search) : null;
    if (to) router.replace(to);
  }, [path, router]);
  return (
    <>
      <Banner works={works} />
      {works.state === "now" && <Closed it={works.it} again={again} />}
      <Toasts />
    </>
  );
}
