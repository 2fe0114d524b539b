"use client";
import { lazy, Suspense, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { type Scope, useScopes, useShortcuts } from "./registry";

const Shortcuts = lazy(() => import("./shortcuts").then((it) => ({ default: it.Shortcuts })));

/** The button in the footer, and `?` on every page and in every dialog that has keys of its own. */
export function OpenShortcuts() {
  const { t } = useI18n();
  const scopes = useScopes();
  const [shown, show] = useState<readonly Scope[] | null>(null);
  const open = (depth: number) => show(scopes.filter((it) => it.depth === depth));
  useShortcuts("keys.anywhere", [{ keys: ["?"], label: "keys.open", run: () => open(0) }]);
  useShortcuts("keys.anywhere", [{ keys: ["?"], label: "keys.open", run: () => open(1) }], 1);
  return (
    <>
      <button
        type="button"
        className="flex min-h-11 items-center gap-2 underline underline-offset-4"
        onClick={() => open(0)}
      >
        {t("keys.open")}
      </button>
      {shown && (
        <Suspense>
          <Shortcuts scopes={shown} close={() => show(null)} />
        </Suspense>
      )}
    </>
  );
}
