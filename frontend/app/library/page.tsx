import type { Metadata } from "next";
import { Library } from "@/library/library";

export const metadata: Metadata = {
  title: "Library",
  description: "Your pictures, searchable by the words you used, with their seeds and recipes.",
  robots: { index: false },
};
export default function Page() {
  return <Library />;
}
