// How the console is built: one page, hashed assets, no inline script, no third-party host.
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the page and hands every API request to a running server.
const server = process.env.CALLBACKD_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: ["chrome120", "edge120", "firefox121", "safari17"],
    // Data URLs would be fine for images, but fonts must come from 'self' under our policy.
    assetsInlineLimit: 0,
    // The preload helper would be an inline module otherwise; every browser we serve preloads by itself.
    modulePreload: { polyfill: false },
    manifest: true,
    // The budget of scripts/budget.mjs decides, on what is really sent.
    chunkSizeWarningLimit: 2_000,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": { target: server, changeOrigin: true } } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
