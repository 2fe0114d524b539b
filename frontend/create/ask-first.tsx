"use client";
import { useI18n } from "@/i18n/i18n";
import { Modal } from "@/ui/modal";
import type { Composing } from "./use-composer";

/** Many orders at once are asked for once more: each of them, and what all cost. */
export function AskFirst({ composing: { orders, draft, price, me, send, stopAsking } }: { composing: Composing }) {
  const { t } = useI18n();
  return (
    <Modal title={t("create.askTitle", { n: orders.open.length })} close={stopAsking}>
      <div className="grid gap-4 p-5">
        <p>
          {t("create.askText", { n: orders.open.length * draft.count })}{" "}
          {!me?.credits.unlimited && <strong>{t("create.askPrice", { n: price })}</strong>}
        </p>
        <ol className="grid max-h-[40dvh] list-decimal gap-1 overflow-y-auto rounded-field bg-sunk py-3 ps-10 pe-3 text-sm">
          {orders.open.map((it) => (
            <li key={it} dir="auto">
              {it}
            </li>
          ))}
        </ol>
        <div className="flex flex-wrap justify-end gap-3">
          <button type="button" className="press press-line" onClick={stopAsking}>
            {t("create.askNo")}
          </button>
          <button type="button" className="press press-blue" onClick={send}>
            {t("create.askYes", { n: orders.open.length })}
          </button>
        </div>
      </div>
    </Modal>
  );
}
