import { useEffect, useSyncExternalStore } from "react";
import { api, ask } from "@/api/client";
import type { components } from "@/api/schema";

export type Collection = components["schemas"]["Collection"];

let all: readonly Collection[] | null = null;
const listeners = new Set<() => void>();
const become = (next: readonly Collection[]) => {
  all = next;
  for (const listener of listeners) listener();
};

export async function refreshCollections() {
  become((await ask(api.GET("/api/v1/collections"))).items);
}
const at = (id: string) => ({ params: { path: { id } } });

export async function makeCollection(name: string): Promise<Collection> {
  const made = await ask(api.POST("/api/v1/collections", { body: { name } }));
  become([...(all ?? []), made]);
  return made;
}
export async function renameCollection(id: string, name: string) {
  const renamed = await ask(api.PATCH("/api/v1/collections/{id}", { ...at(id), body: { name } }));
  become((all ?? []).map((it) => (it.id === id ? renamed : it)));
}
/** Its jobs stay where they are. */
export async function deleteCollection(id: string) {
  await ask(api.DELETE("/api/v1/collections/{id}", at(id)));
  become((all ?? []).filter((it) => it.id !== id));
}

/** `null` until they are known. */
export function useCollections(): readonly Collection[] | null {
  useEffect(() => {
    if (!all) refreshCollections().catch(() => {});
  }, []);
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
    () => null,
  );
}
