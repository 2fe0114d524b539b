import { createContext, useContext } from "react";

/** Whether the socket is open; `null` before the first attempt ended. */
export const LiveContext = createContext<boolean | null>(null);
export const useLive = () => useContext(LiveContext);
