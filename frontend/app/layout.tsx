import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Shell } from "@/shell/shell";
import { fonts } from "./fonts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "ImageGenerator AI", template: "%s · ImageGenerator AI" },
  description: "Describe a picture, choose a FLUX model and watch it develop. You pay for the pictures you get.",
};
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" dir="ltr" className={fonts} suppressHydrationWarning>
      <head>
        {/* Before the first paint, so it must not wait for the others. */}
        <script src="/theme.js" />
      </head>
      <body>
        <Shell>{children}</Shell>
      </body>
    </html>
  );
}
