import type { Metadata } from "next";
import { BillingReturn } from "@/pricing/billing-return";

export const metadata: Metadata = { title: "Your payment", robots: { index: false } };
export default function Page() {
  return <BillingReturn />;
}
