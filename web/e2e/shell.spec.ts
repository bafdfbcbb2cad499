// What surrounds the pages: the way between them, titles, addresses that lead nowhere, pages that fail.
import { expect, test } from "./support/test";

test("pages are reached from the bar, have titles, and can be gone back from", async ({
  signedIn: page,
}) => {
  await expect(page).toHaveTitle("Callbacks – callbackd");
  const bar = page.getByRole("navigation", { name: "Pages" });
  await bar.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  await expect(page).toHaveTitle("Account – callbackd");
  await expect(bar.getByRole("link", { name: "Settings" })).toHaveAttribute("aria-current", "page");
  const sections = page.getByRole("navigation", { name: "Settings" });
  await sections.getByRole("link", { name: "Appearance" }).click();
  await expect(page).toHaveURL(/\/settings\/appearance$/);
  await page.goBack();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Callbacks" })).toBeVisible();
});

test("an address that leads nowhere says so and shows a way on", async ({
  server,
  signedIn: page,
}) => {
  for (const nowhere of ["/nowhere", "/settings/nowhere"]) {
    await page.goto(new URL(nowhere, server.url).href);
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
    await expect(page).toHaveTitle("Not found – callbackd");
  }
  await page.getByRole("link", { name: "Go to the callbacks" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Callbacks" })).toBeVisible();
  // A callback's address without the callback.
  await page.goto(new URL("/callbacks", server.url).href);
  await expect(page.getByRole("heading", { level: 1, name: "Callbacks" })).toBeVisible();
  await expect(page).toHaveURL(new URL("/", server.url).href);
});

test("a page whose code cannot be had leaves the others alone", async ({ signedIn: page }) => {
  await page.route(/settings-route-.*\.js/, (route) => route.abort());
  const bar = page.getByRole("navigation", { name: "Pages" });
  await bar.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("alert")).toContainText("This page could not be loaded");
  await bar.getByRole("link", { name: "Callbacks" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Callbacks" })).toBeVisible();
  await page.unroute(/settings-route-.*\.js/);
  await page.goto(new URL("/settings/appearance", page.url()).href);
  await expect(page.getByRole("heading", { level: 1, name: "Appearance" })).toBeVisible();
});

test("the first key leads past the bar", async ({ signedIn: page }) => {
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Callbacks" })).toBeVisible();
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("the bar is at the foot, and settings are a list with a way back", async ({
    signedIn: page,
  }) => {
    await page
      .getByRole("navigation", { name: "Pages" })
      .getByRole("link", { name: "Settings" })
      .click();
    await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
    await page.getByRole("link", { name: /^Appearance/ }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Appearance" })).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: "Settings" }).click();
    await expect(page.getByRole("link", { name: /^Account/ })).toBeVisible();
  });
});
