// The state of the system: what is read, and that it is read again by itself.
import { createHmac } from "node:crypto";
import { isClean } from "./support/axe";
import { expect, test } from "./support/test";

test("the state of the system keeps itself up to date", async ({ server, signedIn: page }) => {
  await page.goto(`${server.url}/settings/system`);
  const number = (name: string) =>
    page.getByRole("term").filter({ hasText: name }).locator("xpath=following-sibling::dd[1]");
  await expect(number("Head")).toHaveText("0");
  await expect(number("Lag")).toHaveText("0");
  await expect(number("Streams")).toHaveText("1");
  await expect(page.getByText(/^PostgreSQL \d+/)).toBeVisible();
  await expect(page.getByText("listening", { exact: true })).toBeVisible();
  await expect(number("Callbacks are kept")).toHaveText("for ever");
  await expect(number("Schema")).toHaveText(/^version \d+$/);
  await expect(page.getByText("Nothing needs your attention.")).toBeVisible();
  await server.send("--count", "2");
  await expect(number("Head")).toHaveText("2");
  await expect(number("Ready for replay")).toHaveText("2");
});

test("a state that can no longer be read is marked as old, and comes back by itself", async ({
  server,
  signedIn: page,
}) => {
  await page.goto(`${server.url}/settings/system`);
  await expect(page.getByText("Nothing needs your attention.")).toBeVisible();
  await page.route("**/api/admin/system", (route) => route.abort());
  await page.getByRole("button", { name: "Refresh" }).click();
  const old = page.getByRole("alert").filter({ hasText: "could not be read again" });
  await expect(old).toBeVisible();
  await expect(page.getByText("Nothing needs your attention.")).toBeVisible();
  await page.unroute("**/api/admin/system");
  await expect(old).toHaveCount(0);
});

test.describe("two callbacks under one id of a delivery", () => {
  const key = Buffer.from("a key that is long enough for it");
  test.use({ settings: { CALLBACKD_SOURCES_OPENAI_SECRET: `whsec_${key.toString("base64")}` } });

  test("raise an alert, which stays on the page", async ({ server, signedIn: page }) => {
    const send = async (text: string) => {
      const body = JSON.stringify({ id: `evt_${text}`, type: "response.completed", text });
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const signed = createHmac("sha256", key).update(`msg_1.${timestamp}.${body}`);
      const answer = await fetch(`${server.url}/api/webhooks/openai`, {
        method: "POST",
        body,
        headers: {
          "webhook-id": "msg_1",
          "webhook-timestamp": timestamp,
          "webhook-signature": `v1,${signed.digest("base64")}`,
        },
      });
      expect(answer.status).toBe(200);
    };
    await send("one");
    await send("another");
    await page.goto(`${server.url}/settings/system`);
    const alert = page.getByRole("list", { name: "Alerts" }).getByRole("listitem");
    await expect(alert).toContainText("One delivery, two callbacks");
    await expect(alert).toContainText("openai has sent two different callbacks");
    await expect(alert.getByRole("time")).toHaveAttribute("title", /\d\d:\d\d:\d\d/);
    await expect(page.getByText("Nothing needs your attention.")).toHaveCount(0);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await isClean(page);
    }
  });
});
