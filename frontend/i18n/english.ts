import { start } from "./en-start";

/** The English that is loaded so far. Pages are built in it, so it cannot be waited for. */
export const english: Record<string, string> = { ...start };
