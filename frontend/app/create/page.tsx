import type { Metadata } from "next";
import { Create } from "@/create/create";

export const metadata: Metadata = { title: "Create" };
export default function Page() {
  return <Create mode="words" />;
}
