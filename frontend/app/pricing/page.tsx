import type { Metadata } from "next";
import { Pricing } from "@/pricing/pricing";

export const metadata: Metadata = { title: "Pricing" };
export default function Page() {
  return <Pricing />;
}
