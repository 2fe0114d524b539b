import type { Grant } from "@/api/client";
import type { Translate } from "@/i18n/i18n";

type Origin = Grant["origin"];
const plans: Record<string, string> = { free: "Free", basic: "Basic", premium: "Premium" };
/** A plan's name as it is sold. One that this page does not know keeps its id. */
export const planName = (id: string) => plans[id] ?? id;

/** Where credits are from, in the reader's language. A pack's id ends in its size. */
export function fromWhere(origin: Origin, t: Translate): string {
  if (origin.kind === "pack") {
    const size = Number(/_(\d+)$/.exec(origin.id ?? "")?.[1]);
    return size > 0 ? t("statement.fromPack", { n: size }) : t("statement.fromSomePack");
  }
  if (origin.kind === "plan")
    return origin.id ? t("statement.fromPlan", { plan: planName(origin.id) }) : t("statement.fromYourPlan");
  return t("statement.fromOther");
}
