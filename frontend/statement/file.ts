import { api, ask } from "@/api/client";

/** Fetches the statement as a file, and tells meanwhile how many lines came. Nothing is saved when it breaks off. */
export async function fetchFile(signal: AbortSignal, came: (lines: number) => void): Promise<Blob> {
  const body = await ask(api.GET("/api/v1/usage/ledger.csv", { parseAs: "stream", signal }));
  if (!body) return new Blob([], { type: "text/csv" });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let lines = -1;
  const reader = (body as unknown as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    for (const byte of value) if (byte === 10) lines++;
    came(Math.max(0, lines));
  }
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}

/** Lets the browser save `file` under `name`. */
export function save(file: Blob, name: string) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
