// Colours and density: chosen in one tab, held in all of them, and there before the first paint.
import { expect, test } from "./support/test";

test("a scheme and a density hold in every tab and after a reload", async ({
  context,
  server,
  signedIn: page,
}) => {
  const twin = await context.newPage();
  await twin.goto(server.url);
  await page.goto(new URL("/settings/appearance", server.url).href);
  await page.getByRole("radio", { name: "Dark" }).check();
  await page.getByRole("radio", { name: "Compact" }).check();
  for (const tab of [page, twin]) {
    await expect(tab.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(tab.locator("html")).toHaveAttribute("data-density", "compact");
  }
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("radio", { name: "Dark" })).toBeChecked();
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  await expect(twin.locator("html")).toHaveAttribute("data-theme", "light");
  await expect(page.getByRole("radio", { name: "Light" })).toBeChecked();
});

test("exact times are shown in the zone that was chosen", async ({ server, signedIn: page }) => {
  await page.goto(new URL("/settings/account", server.url).href);
  const end = page.getByRole("definition").filter({ hasText: /\d\d:\d\d:\d\d/ });
  await expect(end).toContainText("GMT+5:30");
  await page.getByRole("link", { name: "Appearance" }).click();
  await page.getByRole("radio", { name: "UTC" }).check({ force: true });
  await page.getByRole("link", { name: "Account" }).click();
  await expect(end).toContainText("UTC");
});

test.use({ timezoneId: "Asia/Kolkata" });
