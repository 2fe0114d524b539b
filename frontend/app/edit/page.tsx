import type { Metadata } from "next";
import { Create } from "@/create/create";

export const metadata: Metadata = { title: "Image to image" };
export default function Page() {
  return <Create mode="picture" />;
}
