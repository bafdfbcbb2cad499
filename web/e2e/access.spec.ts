// A session or a role that ends while somebody watches: the stream stops, and words say why.

import type { Page } from "@playwright/test";
import { expect, hasCallbacks, test } from "./support/live";
import type { Server } from "./support/server";
import { hide, show } from "./support/sight";
import { isLive, password, signInAs } from "./support/test";

const grace = "grace@example.org";

test.slow();

/** A second admin, signed in in a browser of her own; the first one's page can change her. */
async function watchAsGrace(page: Page, server: Server, admin: Page) {
  await server.createAdmin(grace, password);
  await signInAs(page, grace, server.url);
  const { people } = await (await admin.request.get(`${server.url}/api/admin/people`)).json();
  const { id } = people.find(({ email }: { email: string }) => email === grace);
  return `${server.url}/api/admin/people/${id}`;
}

test("whoever loses the role is told, and sees nothing of the old one", async ({
  browser,
  server,
  watching: admin,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const her = await watchAsGrace(page, server, admin);
  await server.send();
  await hasCallbacks(page, 1);
  const answer = await admin.request.patch(her, { data: { role: "MEMBER" } });
  expect(answer.ok()).toBe(true);
  await expect(page.getByText("Your access has changed")).toBeVisible();
  await expect(page.getByText("You now see your own callbacks only.")).toBeVisible();
  await isLive(page);
  await hasCallbacks(page, 0);
  await context.close();
});

test("whoever is removed comes to the way in, in every tab", async ({
  browser,
  server,
  watching: admin,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const her = await watchAsGrace(page, server, admin);
  const other = await context.newPage();
  await other.goto(`${server.url}/settings/appearance`);
  await isLive(other);
  const answer = await admin.request.delete(her);
  expect(answer.ok()).toBe(true);
  for (const tab of [page, other]) {
    await expect(tab.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await expect(
      tab.getByRole("status").filter({ hasText: /session has ended|signed out/ }),
    ).toBeVisible();
  }
  await context.close();
});

test.describe("a short session", () => {
  test.use({ settings: { CALLBACKD_SESSION_MAX: "20s" } });

  test("ends with words, and signing in leads back to where one was", async ({ page, server }) => {
    await server.createAdmin(grace, password);
    await signInAs(page, grace, server.url);
    await page.goto(`${server.url}/settings/appearance`);
    await expect(page.getByRole("heading", { name: "Appearance" })).toBeVisible();
    await expect(page.getByText("Your session has ended. Sign in to go on.")).toBeVisible({
      timeout: 60_000,
    });
    await signInAs(page, grace, page.url());
    await expect(page.getByRole("heading", { name: "Appearance" })).toBeVisible();
  });
});

test("a session that was replaced by another of the same person goes on", async ({
  context,
  request,
  server,
  watching: page,
}) => {
  const other = await signInAgain(page, server);
  const { origin } = new URL(page.url());
  // The browser has the cookie of the new session; the stream is still the old one's, which then ends.
  const login = await request.post(`${origin}/api/auth/login`, {
    data: { email: grace, password },
  });
  expect(login.ok()).toBe(true);
  const old = await context.cookies();
  await context.addCookies((await request.storageState()).cookies);
  const cookie = old.map(({ name, value }) => `${name}=${value}`).join("; ");
  const left = await fetch(`${origin}/api/auth/logout`, {
    method: "POST",
    headers: { cookie, origin, "sec-fetch-site": "same-origin" },
  });
  expect(left.ok).toBe(true);
  await server.send();
  for (const tab of [page, other]) {
    await hasCallbacks(tab, 1);
    await isLive(tab);
  }
});

test("a session whose cookie comes after the end of the one before it goes on", async ({
  context,
  request,
  server,
  watching: page,
}) => {
  const other = await signInAgain(page, server);
  const { origin } = new URL(page.url());
  // Signing in with the old session's cookie ends that session before the browser has the answer.
  const old = await context.cookies();
  const cookie = old.map(({ name, value }) => `${name}=${value}`).join("; ");
  const login = await request.post(`${origin}/api/auth/login`, {
    data: { email: grace, password },
    headers: { cookie },
  });
  expect(login.ok()).toBe(true);
  for (const tab of [page, other]) {
    await expect(tab.getByRole("heading", { name: "Sign in" })).toBeVisible();
  }
  await context.addCookies((await request.storageState()).cookies);
  await server.send();
  for (const tab of [page, other]) {
    await hide(tab);
    await show(tab);
    await hasCallbacks(tab, 1);
    await isLive(tab);
  }
});

/** As grace, in the tab that is there and in a second one, which is given back. */
async function signInAgain(page: Page, server: Server): Promise<Page> {
  await server.createAdmin(grace, password);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await signInAs(page, grace, page.url());
  const other = await page.context().newPage();
  await other.goto(new URL(page.url()).origin);
  await isLive(other);
  return other;
}
