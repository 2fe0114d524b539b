import type { Metadata } from "next";
import { SharedPage } from "@/shared/shared";

export const metadata: Metadata = { title: "A shared picture" };
export default function Page() {
  return <SharedPage />;
}
