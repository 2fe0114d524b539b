"use client";
import { lazy, Suspense } from "react";

// The router has it at hand on every page; what it says is loaded where it is said.
const Missing = lazy(() => import("./missing").then((it) => ({ default: it.Missing })));

export const NotFound = () => (
  <Suspense>
    <Missing />
  </Suspense>
);
