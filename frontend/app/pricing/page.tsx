import type { Metadata } from "next";
import { Pricing } from "@/pricing/pricing";

export const metadata: Metadata = {
  title: "Pricing",
  description:
    "Plans by the month and credits on top. Credits are held when you order and spent when a picture is delivered; what fails costs nothing.",
};
export default function Page() {
  return <Pricing />;
}
