"use client";
import { lazy, Suspense, useState } from "react";
import type { Generation } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { Halves } from "@/ui/icons";
import { sidesOf } from "./sides";

const Compare = lazy(() => import("./compare").then((it) => ({ default: it.Compare })));

/** Nothing where there is nothing to compare. */
export function CompareButton({ job, index }: { job: Generation; index: number }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const sides = sidesOf(job);
  if (sides.length < 2 || sides.every((it) => it.input)) return null;
  return (
    <>
      <button type="button" aria-haspopup="dialog" className="press press-line" onClick={() => setOpen(true)}>
        <Halves /> {t("compare.go")}
      </button>
      {open && (
        <Suspense>
          <Compare job={job} index={index} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
