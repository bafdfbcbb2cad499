// Selecting callbacks, and what is done with those: marked, exported, deleted.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { rowAt, rowsOf, scrollList } from "./support/list";
import { expect, test } from "./support/test";

const selected = (page: Page, count: string) => page.getByText(`${count} selected`);

test("rows are selected one by one, up to here, and all that are shown", async ({
  server,
  signedIn: page,
}) => {
  await server.send("--count", "8");
  await expect(rowsOf(page)).toHaveCount(8);
  await rowAt(page, 1).getByRole("checkbox").check();
  await rowAt(page, 4)
    .getByRole("checkbox")
    .click({ modifiers: ["Shift"] });
  await expect(selected(page, "4")).toBeVisible();
  await expect(rowAt(page, 3)).toHaveAttribute("aria-selected", "true");
  await expect(rowAt(page, 5)).toHaveAttribute("aria-selected", "false");

  await page.getByRole("checkbox", { name: "Select all shown" }).check();
  await expect(selected(page, "8")).toBeVisible();
  await page.getByRole("checkbox", { name: "Select all shown" }).uncheck();
  await expect(selected(page, "8")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Callbacks" })).toBeVisible();
});

test("what is selected is marked viewed, and the rest is not", async ({
  server,
  signedIn: page,
}) => {
  await server.send("--count", "3");
  await expect(page.getByText("3 unread")).toBeVisible();
  await rowAt(page, 0).getByRole("checkbox").check();
  await rowAt(page, 2).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Mark viewed" }).click();
  await expect(rowAt(page, 0).getByText("Viewed")).toBeAttached();
  await expect(rowAt(page, 1).getByText("Unread")).toBeAttached();
  await page.getByRole("button", { name: "Clear the selection" }).click();
  await expect(page.getByText("1 unread")).toBeVisible();
});

test("deleting asks first, and gives the focus back", async ({ server, signedIn: page }) => {
  await server.send("--count", "3");
  await expect(rowsOf(page)).toHaveCount(3);
  const kept = (await rowAt(page, 1).getByRole("link").textContent()) ?? "";
  await rowAt(page, 0).getByRole("checkbox").check();
  await rowAt(page, 2).getByRole("checkbox").check();
  const button = page.getByRole("button", { name: "Delete", exact: true });
  const question = page.getByRole("alertdialog", { name: "Delete 2 callbacks?" });
  await button.click();
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(button).toBeFocused();
  await expect(rowsOf(page)).toHaveCount(3);

  await button.click();
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(rowsOf(page)).toHaveCount(1);
  await expect(rowAt(page, 0).getByRole("link")).toHaveText(kept);
  await page.reload();
  await expect(rowsOf(page)).toHaveCount(1);
});

test("a deletion that fails says so, and can be tried again", async ({
  server,
  signedIn: page,
}) => {
  await server.send();
  await rowAt(page, 0).getByRole("checkbox").check();
  await page.route("**/delete", (route) => route.abort());
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const question = page.getByRole("alertdialog");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(question.getByRole("alert")).toHaveText("The server cannot be reached.");
  await page.unroute("**/delete");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(question).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Waiting for the first callback" })).toBeVisible();
});

test("more are deleted than one request may name", async ({ server, signedIn: page }) => {
  await server.send("--count", "620");
  await expect(page.getByText("620 unread")).toBeVisible();
  await page.reload();
  await expect(async () => {
    await scrollList(page, "end");
    await expect(page.getByText("That is all: 620 callbacks")).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.keyboard.press("a");
  await expect(selected(page, "620")).toBeVisible();
  await expect(page.getByRole("button", { name: "Export" })).toBeDisabled();
  await page.getByRole("button", { name: "Mark viewed" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "Waiting for the first callback" })).toBeVisible();
  await expect(page.getByText("all viewed", { exact: true })).toBeVisible();
});

async function download(page: Page, format: string): Promise<{ name: string; text: string }> {
  await page.getByRole("button", { name: "Export" }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: new RegExp(`^${format}`) }).click();
  const file = await saved;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

test("what the filters show is exported in each format, and what is selected", async ({
  server,
  signedIn: page,
}) => {
  for (const job of ["one", "two", "three"]) {
    const event = job === "two" ? "workflow.failed" : "workflow.completed";
    await server.sendPayload({ event, job_id: job, status: "done", text: "=cmd()" });
  }
  await expect(rowsOf(page)).toHaveCount(3);
  const lines = (text: string) => text.trim().split(/\r?\n/);

  const csv = await download(page, "CSV");
  expect(csv.name).toMatch(/\.csv$/);
  expect(lines(csv.text)).toHaveLength(4);
  const json = await download(page, "JSON");
  const jobs = JSON.parse(json.text).map(({ jobId }: { jobId: string }) => jobId);
  expect(jobs).toEqual(["three", "two", "one"]);

  await page.getByRole("search").getByRole("button", { name: "Status" }).click();
  await page.getByRole("menuitemradio", { name: "Error" }).click();
  await expect(rowsOf(page)).toHaveCount(1);
  const failed = await download(page, "NDJSON");
  expect(failed.name).toMatch(/\.ndjson$/);
  expect(lines(failed.text).map((line) => JSON.parse(line).jobId)).toEqual(["two"]);
  await page.getByRole("button", { name: "Clear" }).click();

  await rowAt(page, 2).getByRole("checkbox").check();
  const chosen = await download(page, "NDJSON");
  expect(lines(chosen.text).map((line) => JSON.parse(line).jobId)).toEqual(["one"]);
});

test("an export that is refused says why", async ({ server, signedIn: page }) => {
  await server.send();
  await expect(rowsOf(page)).toHaveCount(1);
  await page.route(/\/export\?/, (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/problem+json",
      body: JSON.stringify({ title: "Busy", status: 503, detail: "too many exports are running" }),
    }),
  );
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /^CSV/ }).click();
  await expect(page.getByText("too many exports are running")).toBeVisible();
});
