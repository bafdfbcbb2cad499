// A callback on its way to a person: toast, details, viewed, in every tab.
import { expect, isLive, test } from "./support/test";
import { toast } from "./support/toasts";

const toastTitle = "New LLM callback received";

test("a callback sent by the command line is toasted, opened, and viewed in every tab", async ({
  context,
  server,
  signedIn: page,
}) => {
  const twin = await context.newPage();
  await twin.goto(server.url);
  await isLive(twin);

  await server.send("--event", "workflow.completed");
  const toasts = async () =>
    Promise.all([page, twin].map((tab) => tab.getByText(toastTitle).count()));
  await expect.poll(async () => (await toasts()).toSorted()).toEqual([0, 1]);
  const [tab, other] = (await toasts())[0] === 1 ? [page, twin] : [twin, page];
  for (const each of [tab, other]) {
    await expect(each.getByRole("row")).toHaveCount(2);
    await expect(each.getByText("1 unread")).toBeVisible();
  }

  await tab.getByRole("button", { name: "View details" }).click();
  const details = tab.getByRole("dialog");
  await expect(details.getByText("workflow.completed").first()).toBeVisible();
  await expect(details.getByRole("tree")).toBeVisible();
  await expect(tab).toHaveURL(/\/callbacks\//);
  await expect(other.getByText("all viewed", { exact: true })).toBeVisible();

  await tab.reload();
  await isLive(tab);
  await expect(details).toBeVisible();
  await expect(tab.getByText("all viewed", { exact: true })).toBeVisible();
  for (const each of [tab, other]) await expect(each.getByText(toastTitle)).toHaveCount(0);
  await tab.keyboard.press("Escape");
  await expect(details).toHaveCount(0);
});

test("a burst is one toast with a count", async ({ server, signedIn: page }) => {
  await server.send("--count", "25");
  await expect(page.getByText(/new LLM callbacks received/)).toHaveCount(1);
  await expect(page.getByText("25 unread")).toBeVisible();
  await page.getByRole("button", { name: "Mark all viewed" }).click();
  await expect(page.getByText("all viewed", { exact: true })).toBeVisible();
});

test("nothing is missed while the server restarts", async ({ server, signedIn: page }) => {
  await server.send();
  await expect(page.getByRole("row")).toHaveCount(2);
  await server.restart(async () => {
    await expect(page.getByRole("status").filter({ hasText: "Reconnecting" })).toBeAttached();
  });
  await server.send("--count", "3");
  await isLive(page);
  await expect(page.getByRole("row")).toHaveCount(5);
  await expect(page.getByText("4 unread")).toBeVisible();
});

test("a rejected callback is toasted in red, and says in words why", async ({
  server,
  signedIn: page,
}) => {
  await server.sendForged();
  const alarm = toast(page, "Invalid signature – security alert");
  await expect(alarm.getByText("None of the known causes")).toBeVisible();
  await page.getByRole("button", { name: "View details" }).click();
  const details = page.getByRole("dialog");
  await expect(details.getByRole("heading", { name: "None of the known causes" })).toBeVisible();
  await expect(details.getByText(/the fingerprint of its secret/)).toBeVisible();
  await expect(details.getByRole("tree")).toBeVisible();
});
