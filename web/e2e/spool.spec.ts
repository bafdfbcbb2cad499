// An outage of the database, of a server with an outage spool: what an admin sees of it. The database is that of
// another server, and is away for as long as that one is.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { isClean } from "./support/axe";
import { rowsOf } from "./support/list";
import { looks } from "./support/looks";
import { Server } from "./support/server";
import { test as base, expect, password, signInAs } from "./support/test";
import { Toasts, toast } from "./support/toasts";

type Fixtures = { database: Server; toasts: Toasts };

const email = "operator@example.org";

const test = base.extend<Fixtures>({
  toasts: async ({ context }, use) => use(await Toasts.watch(context)),
  database: async ({ prepared }, use) => {
    const database = await Server.start(prepared, {});
    await database.createAdmin(email, password);
    await use(database);
    await database.stop();
  },
  server: async ({ prepared, database }, use) => {
    const spool = await mkdtemp(join(tmpdir(), "callbackd-spool-"));
    const server = await Server.start(prepared, {
      DATABASE_URL: await database.databaseUrl(),
      LLM_WEBHOOK_SECRET: "a secret of this test alone",
      CALLBACKD_SPOOL_DIR: spool,
      CALLBACKD_SPOOL_MAX_BYTES: "100000000",
    });
    await use(server);
    await server.stop();
    await rm(spool, { recursive: true, force: true });
  },
});

test("callbacks of an outage: counted while the database is away, and said when they are stored", async ({
  page,
  database,
  server,
  toasts,
}) => {
  // Two servers start, and one of them twice.
  test.slow();
  await signInAs(page, email, server.url);
  await page.goto(`${server.url}/settings/system`);
  await expect(fact(page, "State")).toContainText("empty");
  await expect(fact(page, "Size")).toContainText("0 B of 100.00 MB");

  await database.restart(async () => {
    await server.send("--count", "3");
    await expect(toast(page, "Callbacks are spooled")).toBeVisible();
    await expect(fact(page, "State")).toContainText("in use");
    await expect(fact(page, "Callbacks")).toContainText(
      /^3The oldest has waited for [\d.]+ m?s\.$/,
    );
    await expect(fact(page, "Size")).toContainText(/^[1-9][\d.]* kB of 100\.00 MB$/);
    const meter = page.getByRole("meter", { name: "Used of the spool" });
    await expect(meter).toHaveAttribute("aria-valuenow", "0");
    // All else on the page is what was read before, and nothing claims that all is well.
    await expect(page.getByRole("alert")).toContainText("could not be read again");
    await expect(page.getByText("Nothing needs your attention.")).toHaveCount(0);
    // What comes later is told too, with nothing to be asked.
    await server.send();
    await expect(fact(page, "Callbacks")).toContainText(/^4/);
    for (const { colorScheme, width } of looks) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await isClean(page);
    }
  });

  const drained = toast(page, "The spool is drained");
  await expect(drained).toContainText("4 spooled callbacks were brought to it", {
    timeout: 45_000,
  });
  await expect(fact(page, "State")).toContainText("empty");
  await expect(fact(page, "Callbacks")).toHaveText("0");
  await expect(page.getByText("Nothing needs your attention.")).toBeVisible();
  const about = toasts.titles.filter((title) => title.includes("spool"));
  expect(about).toEqual(["Callbacks are spooled", "The spool is drained"]);
  await page.goto(server.url);
  await expect(rowsOf(page)).toHaveCount(4);
});

function fact(page: Page, name: string) {
  return page
    .getByRole("region", { name: "Outage spool" })
    .getByRole("term")
    .filter({ hasText: name })
    .locator("xpath=following-sibling::dd[1]");
}
