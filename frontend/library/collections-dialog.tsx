"use client";
import { type FormEvent, useEffect, useState } from "react";
import { Problem, sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { Bin } from "@/ui/icons";
import { Modal } from "@/ui/modal";
import {
  type Collection,
  deleteCollection,
  makeCollection,
  refreshCollections,
  renameCollection,
  useCollections,
} from "./collections";

const LONGEST = 80;

/** Collections are made, renamed and deleted here; their pictures stay. */
export function CollectionsDialog({ close, deleted }: { close: () => void; deleted: (id: string) => void }) {
  const { t } = useI18n();
  const all = useCollections();
  const [name, setName] = useState("");
  const { busy, wrong, run } = useDeed();
  // Counts move while pictures are put into them elsewhere.
  useEffect(() => {
    refreshCollections().catch(() => {});
  }, []);
  const make = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") run(() => makeCollection(name.trim()).then(() => setName("")));
  };
  return (
    <Modal title={t("library.collections")} close={close}>
      <div className="grid gap-4 p-5">
        {all === null && <div aria-hidden="true" className="skeleton h-11" />}
        {all?.length === 0 && <p className="text-soft">{t("library.noCollections")}</p>}
        {all && all.length > 0 && (
          <ul className="grid gap-3">
            {all.map((it) => (
              <Row key={it.id} collection={it} deleted={deleted} />
            ))}
          </ul>
        )}
        <form onSubmit={make} className="grid gap-2 border-t pt-4">
          <label className="grid gap-1 text-sm">
            {t("library.newCollection")}
            <input
              className="field"
              maxLength={LONGEST}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          {wrong && (
            <p role="alert" className="text-sm text-bad">
              {wrong}
            </p>
          )}
          <button type="submit" disabled={busy || name.trim() === ""} className="press press-blue">
            {t("library.makeCollection")}
          </button>
        </form>
      </div>
    </Modal>
  );
}

function Row({ collection, deleted }: { collection: Collection; deleted: (id: string) => void }) {
  const { t } = useI18n();
  const [name, setName] = useState(collection.name);
  const [sure, setSure] = useState(false);
  const { busy, wrong, run } = useDeed();
  useEffect(() => setName(collection.name), [collection.name]);
  const changed = name.trim() !== "" && name.trim() !== collection.name;
  const rename = (event: FormEvent) => {
    event.preventDefault();
    if (changed) run(() => renameCollection(collection.id, name.trim()));
  };
  return (
    <li className="grid gap-1">
      <form onSubmit={rename} className="flex items-center gap-2">
        <input
          aria-label={t("library.nameOf", { name: collection.name })}
          className="field min-w-0"
          maxLength={LONGEST}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {changed ? (
          <button type="submit" disabled={busy} className="press press-blue shrink-0 px-3">
            {t("library.rename")}
          </button>
        ) : (
          <>
            <span className="edge-print shrink-0">{t("library.count", { n: collection.count })}</span>
            <button
              type="button"
              aria-label={t("library.deleteCollection", { name: collection.name })}
              aria-expanded={sure}
              className="grid size-11 shrink-0 place-items-center rounded-field hover:text-bad"
              onClick={() => setSure(!sure)}
            >
              <Bin />
            </button>
          </>
        )}
      </form>
      {sure && (
        <div className="flex flex-wrap items-center gap-2 rounded-field bg-sunk p-2 text-sm">
          <p className="grow">{t("library.collectionStays")}</p>
          <button
            type="button"
            disabled={busy}
            className="press press-line text-bad"
            onClick={() => run(() => deleteCollection(collection.id).then(() => deleted(collection.id)))}
          >
            {t("act.delete")}
          </button>
        </div>
      )}
      {wrong && (
        <p role="alert" className="text-sm text-bad">
          {wrong}
        </p>
      )}
    </li>
  );
}

/** One call at a time, and what was wrong with the last. */
function useDeed() {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const run = async (doing: () => Promise<unknown>) => {
    setBusy(true);
    setWrong("");
    await doing().catch((error: unknown) => {
      const code = error instanceof Problem ? error.code : "";
      setWrong(
        code === "name-taken"
          ? t("library.nameTaken")
          : code === "too-many-collections"
            ? t("library.tooMany")
            : sentence(error, t),
      );
    });
    setBusy(false);
  };
  return { busy, wrong, run };
}
