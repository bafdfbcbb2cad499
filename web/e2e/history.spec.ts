// The list of callbacks: live without moving what is read, in pages or without end, narrowed by filters.
import type { Page } from "@playwright/test";
import { rowAt, rowsOf, scrolledTo, scrollList } from "./support/list";
import { expect, isLive, test } from "./support/test";

test("what arrives comes in at the top, and waits while somebody reads further down", async ({
  server,
  signedIn: page,
}) => {
  await server.send("--count", "60");
  await expect(page.getByText("60 unread")).toBeVisible();
  await server.sendPayload({ event: "workflow.completed", job_id: "first-of-all", status: "x" });
  await expect(rowAt(page, 0).getByRole("link")).toHaveText("first-of-all");

  await scrollList(page, 880);
  const read = rowAt(page, 22).getByRole("link");
  const job = await read.textContent();
  const before = await read.boundingBox();
  await server.send("--count", "5");
  const pill = page.getByRole("button", { name: "5 new" });
  await expect(pill).toBeVisible();
  await expect(read).toHaveText(job ?? "");
  expect(await read.boundingBox()).toEqual(before);

  await pill.click();
  await expect(pill).toHaveCount(0);
  expect(await scrolledTo(page)).toBe(0);
  await expect(rowAt(page, 5).getByRole("link")).toHaveText("first-of-all");
});

test("without pages the list goes on to the last callback", async ({ server, signedIn: page }) => {
  await server.send("--count", "230");
  await expect(page.getByText("230 unread")).toBeVisible();
  await page.reload();
  await expect(rowsOf(page).first()).toBeVisible();
  const end = page.getByText("That is all: 230 callbacks");
  await expect(async () => {
    await scrollList(page, "end");
    await expect(end).toBeVisible({ timeout: 500 });
  }).toPass();
  await scrollList(page, "end");
  await expect(rowAt(page, 229).getByRole("link")).toBeVisible();
});

test("pages lead down and back up, by addresses that stay", async ({ server, signedIn: page }) => {
  await server.send("--count", "25");
  await expect(page.getByText("25 unread")).toBeVisible();
  const jobs = await allJobs(page);
  const first = rowAt(page, 0).getByRole("link");
  const pages = page.getByRole("navigation", { name: "Pages of callbacks" });
  const newer = pages.getByRole("button", { name: "Newer page" });
  const older = pages.getByRole("button", { name: "Older page" });
  await pages.getByLabel("Rows").selectOption("10 a page");
  await expect(rowsOf(page)).toHaveCount(10);
  await expect(first).toHaveText(jobs[0] ?? "");
  await expect(newer).toBeDisabled();

  await older.click();
  await expect(first).toHaveText(jobs[10] ?? "");
  await older.click();
  await expect(first).toHaveText(jobs[20] ?? "");
  await expect(rowsOf(page)).toHaveCount(5);
  await expect(older).toBeDisabled();

  await server.sendPayload({ event: "e", job_id: "late", status: "done" });
  await expect(page.getByRole("button", { name: "1 new" })).toBeVisible();
  await page.reload();
  await expect(first).toHaveText(jobs[20] ?? "");
  await newer.click();
  await expect(first).toHaveText(jobs[10] ?? "");
  await newer.click();
  await expect(first).toHaveText(jobs[0] ?? "");
  await newer.click();
  // One callback is above: that is the newest page, and it is live again.
  await expect(page).toHaveURL(/\?size=10$/);
  await expect(first).toHaveText("late");
  await expect(rowsOf(page)).toHaveCount(10);
  await server.sendPayload({ event: "e", job_id: "later", status: "done" });
  await expect(first).toHaveText("later");
  await expect(rowsOf(page)).toHaveCount(10);
  await page.goBack();
  await expect(first).toHaveText(jobs[0] ?? "");
  await pages.getByRole("button", { name: "Newest page" }).click();
  await expect(first).toHaveText("later");
});

/** Newest first. */
async function allJobs(page: Page): Promise<string[]> {
  const url = new URL("/api/admin/llm-callbacks/history?limit=100", page.url()).href;
  const { callbacks } = await (await page.request.get(url)).json();
  return callbacks.map(({ callbackId }: { callbackId: string }) => callbackId);
}

test("filters narrow the list, live, and their place is the address", async ({
  server,
  signedIn: page,
}) => {
  const send = (job_id: string, event: string, workflow_name: string) =>
    server.sendPayload({ event, job_id, workflow_name, status: "done" });
  await send("one", "workflow.completed", "summary");
  await send("two", "workflow.failed", "summary");
  await send("three", "llm.step.completed", "triage");
  await expect(rowsOf(page)).toHaveCount(3);

  const bar = page.getByRole("search");
  const jobs = async (...names: string[]) => {
    await expect(rowsOf(page).getByRole("link")).toHaveText(names);
  };
  const clear = () => bar.getByRole("button", { name: "Clear" }).click();

  await bar.getByRole("button", { name: "Workflow" }).click();
  await page.getByRole("combobox", { name: "Workflow" }).fill("summ");
  await page.keyboard.press("Enter");
  await jobs("two", "one");
  await expect(page).toHaveURL(/workflow=summary/);
  await send("four", "workflow.completed", "summary");
  await jobs("four", "two", "one");

  await bar.getByRole("button", { name: "Status" }).click();
  await page.getByRole("menuitemradio", { name: "Error" }).click();
  await jobs("two");
  await page.reload();
  await jobs("two");
  await page.goBack();
  await jobs("four", "two", "one");
  await clear();
  await jobs("four", "three", "two", "one");

  await bar.getByRole("button", { name: "Event" }).click();
  await page.getByRole("option", { name: "llm.step.completed" }).click();
  await jobs("three");
  await clear();
  await bar.getByRole("searchbox").fill("TWO");
  await jobs("two");
});

test("what is viewed, refused, or of a source can be told apart", async ({
  server,
  signedIn: page,
}) => {
  await server.send("--count", "2");
  await server.sendForged();
  await expect(rowsOf(page)).toHaveCount(3);
  const bar = page.getByRole("search");
  const clear = () => bar.getByRole("button", { name: "Clear" }).click();
  await bar.getByRole("button", { name: "Signature" }).click();
  await page.getByRole("menuitemradio", { name: "Invalid" }).click();
  await expect(rowsOf(page)).toHaveCount(1);
  await expect(rowAt(page, 0).getByText("Invalid signature")).toBeAttached();
  await clear();
  await rowAt(page, 1).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Mark viewed" }).click();
  await bar.getByRole("button", { name: "Viewed" }).click();
  await page.getByRole("menuitemradio", { name: "Viewed" }).click();
  await expect(rowsOf(page)).toHaveCount(1);
  await clear();
  await bar.getByRole("button", { name: "Source" }).click();
  await page.getByRole("combobox", { name: "Source" }).fill("nobody");
  await page.getByRole("option", { name: "Only “nobody”" }).click();
  await expect(page.getByRole("heading", { name: "Nothing matches these filters" })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(rowsOf(page)).toHaveCount(3);
});

test("a range of time is chosen, or written", async ({ server, signedIn: page }) => {
  await server.send();
  await expect(rowsOf(page)).toHaveCount(1);
  const bar = page.getByRole("search");
  await bar.getByRole("button", { name: "Received" }).click();
  await page.getByRole("button", { name: "Last hour" }).click();
  await expect(page).toHaveURL(/from=/);
  await expect(rowsOf(page)).toHaveCount(1);

  await bar.getByRole("button", { name: "Received" }).click();
  const panel = page.getByRole("dialog", { name: "Filter by time received" });
  await panel.getByLabel("From").fill("2020-01-02T00:00");
  await panel.getByLabel("To").fill("2020-01-01T00:00");
  await panel.getByRole("button", { name: "Apply" }).click();
  await expect(panel.getByRole("alert")).toHaveText("The end must be after the beginning.");
  await panel.getByLabel("To").fill("2020-01-03T00:00");
  await panel.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("heading", { name: "Nothing matches these filters" })).toBeVisible();
  await expect(bar.getByRole("button", { name: /2 Jan 2020.*3 Jan 2020/ })).toBeVisible();
  await bar.getByRole("button", { name: "Received" }).click();
  await panel.getByRole("button", { name: "Any time" }).click();
  await expect(rowsOf(page)).toHaveCount(1);
});

test("a list that cannot be read says so, and is read when asked again", async ({
  server,
  signedIn: page,
}) => {
  await server.send("--count", "150");
  await expect(page.getByText("150 unread")).toBeVisible();
  const history = /\/history\?/;
  await page.route(history, (route) => route.abort());
  await page.reload();
  await expect(
    page.getByRole("heading", { name: "The callbacks could not be loaded" }),
  ).toBeVisible();
  await page.unroute(history);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rowsOf(page).first()).toBeVisible();

  await page.route(history, (route) => route.abort());
  await scrollList(page, "end");
  await expect(page.getByRole("alert")).toContainText("More could not be loaded");
  await page.unroute(history);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(async () => {
    await scrollList(page, "end");
    await expect(page.getByText("That is all: 150 callbacks")).toBeVisible({ timeout: 500 });
  }).toPass();
});

test("refreshing reads again what is shown", async ({ server, signedIn: page }) => {
  await server.send("--count", "3");
  await expect(rowsOf(page)).toHaveCount(3);
  const asked = page.waitForRequest(/\/history\?/);
  await page.getByRole("button", { name: "Refresh" }).click();
  await asked;
  await expect(rowsOf(page)).toHaveCount(3);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 320, height: 640 }, hasTouch: true });

  test("callbacks are cards that can be selected and opened", async ({
    server,
    signedIn: page,
  }) => {
    await server.send("--count", "12");
    await expect(page.getByText("12 unread")).toBeVisible();
    await rowAt(page, 0).getByRole("checkbox").check();
    await rowAt(page, 1).getByRole("checkbox").check();
    await expect(page.getByText("2 selected")).toBeVisible();
    await page.getByRole("button", { name: "Mark viewed" }).click();
    await expect(rowAt(page, 1).getByText("Viewed")).toBeAttached();
    await page.getByRole("button", { name: "Clear the selection" }).click();
    await expect(page.getByText("10 unread")).toBeVisible();
    await rowAt(page, 2).getByRole("link").click();
    await expect(page.getByRole("dialog").getByRole("tree")).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBe(320);
  });
});

test("two windows of the browser stay in step", async ({ context, server, signedIn: page }) => {
  await server.send("--count", "4");
  await expect(rowsOf(page)).toHaveCount(4);
  const other = await context.newPage();
  await other.goto(server.url);
  await isLive(other);
  await expect(rowsOf(other)).toHaveCount(4);
  await rowAt(other, 0).getByRole("checkbox").check();
  await rowAt(other, 1).getByRole("checkbox").check();
  await rowAt(page, 0).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(rowsOf(page)).toHaveCount(3);
  await expect(rowsOf(other)).toHaveCount(3);
  await expect(other.getByText("1 selected")).toBeVisible();
});
