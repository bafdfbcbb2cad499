// The API reference is a page of its own, with assets that are not ours: it too keeps to itself.
import { expect, test } from "./support/test";

test("the API reference shows every operation and asks nobody else", async ({ page, server }) => {
  const strangers: string[] = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== server.url) strangers.push(request.url());
  });
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(`${server.url}/docs/`);
  await expect(page.getByRole("heading", { name: /^callbackd/ })).toBeVisible();
  const document = await (await page.request.get(`${server.url}/openapi.json`)).json();
  const operations = Object.values<object>(document.paths).flatMap((path) => Object.keys(path));
  await expect(page.locator(".opblock")).toHaveCount(operations.length);
  await page.locator(".opblock-summary-control").first().click();
  await expect(page.getByRole("button", { name: "Try it out" })).toBeVisible();
  expect({ strangers, errors }).toEqual({ strangers: [], errors: [] });
});
