import type { Metadata } from "next";
import { Library } from "@/library/library";

export const metadata: Metadata = { title: "Library" };
export default function Page() {
  return <Library />;
}
