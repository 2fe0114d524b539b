import type { Metadata } from "next";
import { Account } from "@/account/account";

export const metadata: Metadata = { title: "Your account", robots: { index: false } };
export default function Page() {
  return <Account />;
}
