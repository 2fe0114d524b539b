"use client";
import { useEffect, useRef, useState } from "react";
import { sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { File } from "@/ui/icons";
import { toast } from "@/ui/toasts";
import { fetchFile, save } from "./file";

/** The whole statement as a file, with how far it is, and a way to stop it. */
export function FileButton() {
  const { t } = useI18n();
  const [count, setCount] = useState<number | null>(null);
  const run = useRef<AbortController | null>(null);
  useEffect(() => () => run.current?.abort(), []);
  const fetchIt = async () => {
    const end = new AbortController();
    run.current = end;
    setCount(0);
    try {
      const file = await fetchFile(end.signal, setCount);
      save(file, `imagegenerator-statement-${new Date().toISOString().slice(0, 10)}.csv`);
      toast(t("statement.saved"));
    } catch (error) {
      if (!end.signal.aborted) toast(`${t("statement.notSaved")} ${sentence(error, t)}`);
    }
    setCount(null);
  };
  return count === null ? (
    <button type="button" className="press press-line" onClick={fetchIt}>
      <File /> {t("statement.file")}
    </button>
  ) : (
    <div className="flex items-center gap-3">
      <span role="status" className="text-sm text-soft">
        {t("statement.lines", { n: count })}
      </span>
      <button type="button" className="press press-line" onClick={() => run.current?.abort()}>
        {t("act.cancel")}
      </button>
    </div>
  );
}
