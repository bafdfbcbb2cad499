// The state of the system: what is read, and that it is read again by itself.
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
