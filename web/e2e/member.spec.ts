// A member's list: their own verified callbacks, live, filtered, marked and exported; and nothing that an admin has.
import { readFile } from "node:fs/promises";
import { rowsOf } from "./support/list";
import { addPerson, signInAs } from "./support/people";
import { expect, isLive, test } from "./support/test";

test("a member lists, filters, marks and exports their own callbacks, and no others", async ({
  browser,
  server,
  signedIn: admin,
}) => {
  await addPerson(admin, "mia@example.org", "MEMBER");
  const page = await signInAs(browser, server, "mia@example.org");
  await isLive(page);
  const me = await (await page.request.get(`${server.url}/api/auth/me`)).json();
  const job = (name: string, owner: string | undefined, event = "workflow.completed") =>
    server.sendPayload({ event, job_id: name, user_id: owner, workflow_name: `flow-${name}` });
  await job("hers-1", me.id);
  await job("not-hers", "01970000-0000-7000-8000-000000000000");
  await job("nobodys", undefined);
  await job("hers-2", me.id, "workflow.failed");
  await server.sendForged();
  await expect(rowsOf(page)).toHaveCount(2);
  await expect(rowsOf(admin)).toHaveCount(5);
  await expect(page.getByText("2 unread")).toBeVisible();
  await expect(page.getByText("security alert")).toHaveCount(0);

  // What there is to filter by is theirs too.
  const bar = page.getByRole("search");
  await bar.getByRole("button", { name: "Workflow" }).click();
  await expect(page.getByRole("option", { name: "flow-hers-1" })).toBeVisible();
  await expect(page.getByRole("option", { name: "flow-not-hers" })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await bar.getByRole("button", { name: "Status" }).click();
  await page.getByRole("menuitemradio", { name: "Error" }).click();
  await expect(rowsOf(page)).toHaveCount(1);
  await bar.getByRole("button", { name: "Clear" }).click();

  await rowsOf(page).first().getByRole("checkbox").check();
  await expect(page.getByRole("button", { name: "Delete", exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Mark viewed" }).click();
  await page.getByRole("button", { name: "Clear the selection" }).click();
  await expect(page.getByText("1 unread")).toBeVisible();
  await expect(admin.getByText("5 unread")).toBeVisible();

  await page.getByRole("button", { name: "Export" }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: /^NDJSON/ }).click();
  const text = await readFile(await (await saved).path(), "utf8");
  const jobs = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).jobId);
  expect(jobs).toEqual(["hers-2", "hers-1"]);

  const bars = page.getByRole("navigation", { name: "Pages" });
  await expect(bars.getByRole("link", { name: "Sources" })).toHaveCount(0);
  await page.context().close();
});
