// People beside the development admin, made as an admin makes them, each with a browser of their own.
import { type Browser, expect, type Page } from "@playwright/test";
import type { Server } from "./server";

export const password = "correct horse battery staple";

/** By the API, with the session of `admin`, who is on the console. */
export async function addPerson(
  admin: Page,
  email: string,
  role: "ADMIN" | "MEMBER",
): Promise<void> {
  const answer = await admin.request.post(new URL("/api/admin/people", admin.url()).href, {
    data: { email, role, password },
  });
  expect(answer.status()).toBe(201);
}

/** A new browser in which this person has signed in with the password. */
export async function signInAs(browser: Browser, server: Server, email: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  await fillSignIn(page, email, password);
  await expect(page.getByRole("heading", { level: 1, name: "Callbacks" })).toBeVisible();
  return page;
}

export async function fillSignIn(page: Page, email: string, secret: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}
