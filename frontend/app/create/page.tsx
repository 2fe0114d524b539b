import type { Metadata } from "next";
import { Create } from "@/create/create";

export const metadata: Metadata = {
  title: "Create",
  description:
    "Write what the picture should show, choose a FLUX model, a shape and a seed, and see where your order is until it is done.",
};
export default function Page() {
  return <Create mode="words" />;
}
