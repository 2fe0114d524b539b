import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: { include: ["{api,i18n,session,live,create,library,store,scripts,ui}/**/*.test.{ts,tsx}"], restoreMocks: true },
});
