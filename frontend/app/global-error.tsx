"use client";
import { start } from "@/i18n/en-start";
import { reference } from "@/shell/crash";
import "./globals.css";

/** The frame itself broke, and the languages with it. */
export default function Broken({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto grid min-h-dvh max-w-2xl content-center justify-items-start gap-4 px-6">
          <h1 className="text-4xl font-bold">{start["crash.title"]}</h1>
          <p className="text-lg text-soft">{start["crash.text"]}</p>
          <button type="button" className="press press-blue" onClick={() => location.reload()}>
            {start["crash.reload"]}
          </button>
          <p className="edge-print">{reference(error)}</p>
        </main>
      </body>
    </html>
  );
}
