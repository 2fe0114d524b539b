import type { Door } from "./door";
import { settings } from "./settings";

let door: Promise<Door> | undefined;
/** The door of this place, opened once. */
export const opened = () => {
  door ??= settings()
    .then(({ session }) =>
      session.kind === "msal"
        ? import("./msal").then((it) => it.openDoor(session))
        : import("./oidc").then((it) => it.openDoor(session)),
    )
    .catch((error) => {
      door = undefined;
      throw error;
    });
  return door;
};
