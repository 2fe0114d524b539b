/** Files that were chosen and are not sent yet: they survive the way to the issuer and a reload. */
const DATABASE = "pictures";
const FILES = "files";
const DAY_MS = 86_400_000;
type Kept = { file: Blob; at: number };

const open = (): Promise<IDBDatabase> =>
  new Promise((done, fail) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(FILES);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
    request.onblocked = () => fail(new Error("blocked"));
  });

async function within<T>(mode: IDBTransactionMode, work: (files: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((done, fail) => {
      const transaction = database.transaction(FILES, mode);
      const request = work(transaction.objectStore(FILES));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** `false` where the browser keeps nothing, as some do in private windows. */
export const lay = (key: string, file: Blob): Promise<boolean> =>
  within("readwrite", (files) => files.put({ file, at: Date.now() } satisfies Kept, key)).then(
    () => true,
    () => false,
  );
export const fetchOut = (key: string): Promise<Blob | null> =>
  within("readonly", (files) => files.get(key) as IDBRequest<Kept | undefined>).then(
    (it) => it?.file ?? null,
    () => null,
  );
export const takeOut = (key: string): Promise<void> =>
  within("readwrite", (files) => files.delete(key)).catch(() => {});

/** What a closed tab left behind goes after a day. */
export async function tidy() {
  const keys = await within("readonly", (files) => files.getAllKeys()).catch(() => []);
  for (const key of keys) {
    const kept = await within("readonly", (files) => files.get(key) as IDBRequest<Kept | undefined>).catch(() => null);
    if (kept && Date.now() - kept.at > DAY_MS) await takeOut(String(key));
  }
}
