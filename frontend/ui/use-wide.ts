import { useSyncExternalStore } from "react";

const query = () => window.matchMedia("(min-width: 40rem)");

/** Whether there is room for a table. */
export const useWide = () =>
  useSyncExternalStore(
    (listener) => {
      const media = query();
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => query().matches,
    () => true,
  );
