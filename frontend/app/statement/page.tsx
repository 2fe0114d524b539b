import type { Metadata } from "next";
import { Statement } from "@/statement/statement";

export const metadata: Metadata = { title: "Statement", robots: { index: false } };
export default function Page() {
  return <Statement />;
}
