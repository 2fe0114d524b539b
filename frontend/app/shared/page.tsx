import type { Metadata } from "next";
import { SharedPage } from "@/shared/shared";

export const metadata: Metadata = {
  title: "A shared picture",
  description: "A picture made with ImageGenerator AI.",
  robots: { index: false },
};
export default function Page() {
  return <SharedPage />;
}
