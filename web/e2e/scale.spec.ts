// Long lists and floods: what exists in the page stays little, and nothing is missing.
import { rowAt, rowsOf, scrollList } from "./support/list";
import { expect, test } from "./support/test";

// As many as there are on a tall screen, with some around it.
const rowsMax = 80;

test("of thousands of callbacks only those in sight exist", async ({ server, signedIn: page }) => {
  test.slow();
  await server.send("--count", "2600");
  await expect(page.getByText("2,600 unread")).toBeVisible();
  await page.reload();
  await expect(rowsOf(page).first()).toBeVisible();
  const newest = await rowAt(page, 0).getByRole("link").textContent();
  await expect(async () => {
    await scrollList(page, "end");
    await expect(page.getByText("That is all: 2,600 callbacks")).toBeVisible({ timeout: 200 });
  }).toPass({ intervals: [50], timeout: 100_000 });
  await scrollList(page, "end");
  await expect(rowAt(page, 2_599).getByRole("link")).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(rowsMax);

  // The top has been let go of by now: it is read again.
  const again = page.waitForRequest(/\/history\?/);
  await scrollList(page, "top");
  await again;
  await expect(rowAt(page, 0).getByRole("link")).toHaveText(newest ?? "");
  await expect(rowAt(page, 12).getByRole("link")).toBeVisible();
});

test("a flood comes in at the top, and the list goes on below it", async ({
  server,
  signedIn: page,
}) => {
  test.slow();
  await server.send("--count", "1200", "--concurrency", "64");
  await expect(page.getByText("1,200 unread")).toBeVisible();
  await server.sendPayload({ event: "e", job_id: "after-the-flood", status: "done" });
  await expect(rowAt(page, 0).getByRole("link")).toHaveText("after-the-flood");
  expect(await page.getByRole("row").count()).toBeLessThan(rowsMax);
  await expect(async () => {
    await scrollList(page, "end");
    await expect(page.getByText("That is all: 1,201 callbacks")).toBeVisible({ timeout: 200 });
  }).toPass({ intervals: [50], timeout: 100_000 });
});

test("whoever reads through a flood keeps his place, and finds the newest after it", async ({
  server,
  signedIn: page,
}) => {
  test.slow();
  await server.send("--count", "60");
  await expect(page.getByText("60 unread")).toBeVisible();
  await scrollList(page, 880);
  const read = rowAt(page, 24).getByRole("link");
  await expect(read).toBeVisible();
  const job = (await read.textContent()) ?? "";
  await server.send("--count", "700", "--concurrency", "64");
  // More than are kept aside have come: the list will start again with the newest.
  const pill = page.getByRole("button", { name: "700+ new" });
  await expect(pill).toBeVisible();
  await expect(read).toHaveText(job);
  await server.sendPayload({ event: "e", job_id: "after-the-flood", status: "done" });
  await page.getByRole("button", { name: "701+ new" }).click();
  await expect(rowAt(page, 0).getByRole("link")).toHaveText("after-the-flood");
  await expect(async () => {
    await scrollList(page, "end");
    await expect(page.getByText("That is all: 761 callbacks")).toBeVisible({ timeout: 200 });
  }).toPass({ intervals: [50], timeout: 100_000 });
});
