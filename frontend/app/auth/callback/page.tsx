import type { Metadata } from "next";
import { Callback } from "@/session/callback";

export const metadata: Metadata = { title: "Sign in", robots: { index: false } };
export default function Page() {
  return <Callback />;
}
