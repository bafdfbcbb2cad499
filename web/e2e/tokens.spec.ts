// API tokens: made, shown once, used, revoked.
import { expect, test } from "./support/test";

test("a token is made, shown once, opens the API, and is revoked", async ({
  playwright,
  server,
  signedIn: page,
}) => {
  await page.goto(`${server.url}/settings/tokens`);
  await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog", { name: "New API token" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("Say what the token is for")).toBeVisible();
  await dialog.getByLabel("Name").fill(" nightly export ");
  await page.keyboard.press("Enter");

  const made = page.getByRole("dialog", { name: "Token “nightly export”" });
  const token = (await made.getByText(/^cbd_\S+$/).textContent()) ?? "";
  await made.getByRole("button", { name: "Copy token", exact: true }).click();
  await made.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(token)).toHaveCount(0);
  const row = page.getByRole("listitem").filter({ hasText: "nightly export" });
  await expect(row).toContainText("never used");

  const program = await playwright.request.newContext({
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  const ask = async () => (await program.get(`${server.url}/api/auth/me`)).status();
  expect(await ask()).toBe(200);
  await page.reload();
  await expect(row).toContainText("last used");

  await row.getByRole("button", { name: "Revoke nightly export" }).click();
  const question = page.getByRole("alertdialog", { name: "Revoke the token “nightly export”?" });
  await question.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
  expect(await ask()).toBe(401);
  await program.dispose();
});

test("a revocation that fails says so, and can be tried again", async ({
  server,
  signedIn: page,
}) => {
  await page.request.post(`${server.url}/api/auth/tokens`, { data: { name: "laptop" } });
  await page.goto(`${server.url}/settings/tokens`);
  await page.getByRole("button", { name: "Revoke laptop" }).click();
  const question = page.getByRole("alertdialog");
  await page.route("**/api/auth/tokens/*", (route) => route.abort());
  await question.getByRole("button", { name: "Revoke" }).click();
  await expect(question.getByRole("alert")).toHaveText("The server cannot be reached.");
  await page.unroute("**/api/auth/tokens/*");
  await question.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
});

test("a list that cannot be had says so, and can be tried again", async ({
  server,
  signedIn: page,
}) => {
  const refuse = { status: 503, json: { detail: "the database is away" } };
  await page.route("**/api/auth/tokens", (route) => route.fulfill(refuse));
  await page.goto(`${server.url}/settings/tokens`);
  await expect(page.getByRole("heading", { name: /could not be loaded/ })).toBeVisible();
  await expect(page.getByText("the database is away")).toBeVisible();
  await page.unroute("**/api/auth/tokens");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
});
