import type { rest } from "./en-rest";
import type { start } from "./en-start";

/** Every string of the page. `{name}` is filled in; `{n|one:# credit|other:# credits}` is chosen by the number. */
export type Key = keyof typeof start | keyof typeof rest;
export type Catalog = Record<Key, string>;
