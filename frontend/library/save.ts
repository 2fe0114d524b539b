/** Gives `file` to the browser to keep under `name`. */
export function save(file: Blob, name: string) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A file name that every system takes, with the words of `prompt`. */
export function nameFor(prompt: string, seed: number, extension: string): string {
  const words = prompt
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return `${[...words].slice(0, 60).join("").replace(/-+$/, "") || "picture"}-${seed}.${extension}`;
}
