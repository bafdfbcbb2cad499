// Signing in and out, and coming back to where one was going.
import { expect, isLive, test } from "./support/test";

test("signing out in one tab ends the other", async ({ context, server, signedIn: page }) => {
  const second = await context.newPage();
  await second.goto(server.url);
  await isLive(second);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(second.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(second.getByText("You have been signed out.")).toBeVisible();
});

test("a link to a callback returns to it after signing in", async ({
  browser,
  server,
  signedIn: page,
}) => {
  await server.send();
  await page.getByRole("row").last().getByRole("link").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await server.createAdmin("grace@example.org", "correct horse battery staple");

  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  await other.goto(page.url());
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await other.getByLabel("E-mail").fill("grace@example.org");
  await other.getByLabel("Password", { exact: true }).fill("wrong");
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByRole("alert")).toHaveText("E-mail or password is wrong.");
  await other.getByLabel("Password", { exact: true }).fill("correct horse battery staple");
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByRole("dialog").getByRole("tree")).toBeVisible();
  expect(other.url()).toBe(page.url());
  await stranger.close();
});

test("a used link says so", async ({ page, server }) => {
  await page.goto(new URL("/sign-in#link=used-up", server.url).href);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("This link has been used or has expired.");
});
