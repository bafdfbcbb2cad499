// Takes the pictures of the README: starts the real server with a data folder of its own, fills it with
// believable callbacks, and looks at it with a browser. `make screenshots` runs it.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "@playwright/test";

const run = promisify(execFile);
const built = new URL("../../target/debug/callbackd", import.meta.url);
const binary = process.env.CALLBACKD_BIN ?? fileURLToPath(built);
const pictures = fileURLToPath(new URL("../screenshots/", import.meta.url));
const desk = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
// What the pictures may weigh together in the repository.
const bytesMax = 1_000_000;
const startMs = 60_000;

const folder = await mkdtemp(join(tmpdir(), "callbackd-pictures-"));
// Of a folder that only root may enter, root's PostgreSQL would lie elsewhere, and stay behind.
await chmod(folder, 0o755);
const args = ["serve", "--listen", "127.0.0.1:0", "--data-dir", folder];
const server = spawn(binary, args, { stdio: "ignore" });
const ended = once(server, "exit");
try {
  await takeAll(await ready());
} finally {
  server.kill("SIGTERM");
  await ended;
  await rm(folder, { recursive: true, force: true });
}

async function ready() {
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline && server.exitCode === null) {
    const text = await readFile(join(folder, "ready.json"), "utf8").catch(() => "");
    if (text.trimEnd().endsWith("}")) return JSON.parse(text);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the server did not start");
}

async function takeAll({ url, signInUrl }) {
  const send = (...options) =>
    run(binary, ["send", "--url", url, "--data-dir", folder, ...options]);
  for (const event of ["workflow.completed", "workflow.failed", "llm.step.completed"]) {
    await send("--event", event, "--count", "5");
  }
  await send("--bad-signature").catch(() => {});
  await sendJob(send);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    await mkdir(pictures, { recursive: true });
    await takeIn(browser, signInUrl, send);
  } finally {
    await browser.close();
  }
  await weigh();
}

/** A job of four steps and its end: what a window shows best. */
async function sendJob(send) {
  const steps = ["collect_sources", "draft", "review", "translate"];
  const common = { job_id: "8c0e7e0e-5d3a-4d8e-9a52-6b2f0b1f4c11", workflow_name: "weekly_report" };
  const bodies = steps.map((step, index) => ({
    ...common,
    event: "llm.step.completed",
    step_id: step,
    duration_ms: 1_800 + 2_700 * index,
    cost_usd: 0.006 + 0.011 * index,
    tokens: { total: 900 + 800 * index },
  }));
  bodies.push({
    ...common,
    event: "workflow.completed",
    status: "completed",
    duration_ms: 24_600,
    cost_data: { cost_usd: 0.0903, total_tokens: 8_400 },
    result: {
      output: {
        title: "Weekly report",
        markdown: "## Summary\n\n- Traffic is up 4 %\n- Two incidents, both closed",
      },
    },
  });
  const file = join(folder, "payload.json");
  for (const body of bodies) {
    await writeFile(file, JSON.stringify(body));
    await send("--file", file);
  }
}

async function takeIn(browser, signInUrl, send) {
  const context = await browser.newContext({ viewport: desk, colorScheme: "light" });
  const page = await context.newPage();
  const take = (name) =>
    page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" });
  await page.goto(signInUrl);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page
    .getByRole("status")
    .filter({ hasText: /^Live$/ })
    .waitFor({ state: "attached" });
  await send("--event", "workflow.completed");
  await page.getByText("New LLM callback received").waitFor();
  // No row is lit by a pointer that nobody sees.
  await page.mouse.move(0, 0);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await take(`inbox-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("button", { name: "Dismiss" }).click();
  const row = page
    .getByRole("row")
    .filter({ hasText: "weekly_report" })
    .filter({ hasText: "workflow.completed" });
  await row.filter({ hasText: "8c0e7e0e" }).getByRole("link").click();
  await page.getByRole("tree").waitFor();
  await take("window");
  await page.setViewportSize(phone);
  await page.emulateMedia({ colorScheme: "dark" });
  await take("phone");
}

async function weigh() {
  let total = 0;
  for (const name of ["inbox-light", "inbox-dark", "window", "phone"]) {
    total += (await stat(join(pictures, `${name}.png`))).size;
  }
  console.log(`four pictures, ${Math.round(total / 1_000)} kB of ${bytesMax / 1_000} kB allowed`);
  if (total > bytesMax) throw new Error("the pictures are too large");
}
