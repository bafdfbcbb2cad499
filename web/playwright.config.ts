// End-to-end tests: a real server for each worker, a real browser, no stand-ins.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  fullyParallel: false,
  // The server brings a database of its own: two at once are what two cores carry.
  workers: 2,
  timeout: 90_000,
  // A browser on a machine that is busy misses a deadline now and then; what fails three times is broken. The report
  // names what had to be repeated.
  retries: process.env.CI ? 2 : 0,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    // Recording costs each test a second: only what failed once is recorded.
    trace: "on-first-retry",
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
