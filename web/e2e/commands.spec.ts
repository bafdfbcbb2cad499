// Everything by keys: through the list, from the command menu, and never while somebody types.
import { rowAt, rowsOf } from "./support/list";
import { expect, test } from "./support/test";

test("keys move through the list, open, mark and select", async ({ server, signedIn: page }) => {
  await server.send("--count", "6");
  await expect(page.getByText("6 unread")).toBeVisible();
  const link = (place: number) => rowAt(page, place).getByRole("link");
  await page.keyboard.press("j");
  await expect(link(0)).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("k");
  await expect(link(1)).toBeFocused();
  await page.keyboard.press("u");
  await expect(rowAt(page, 1).getByText("Viewed")).toBeAttached();
  await expect(page.getByText("5 unread")).toBeVisible();

  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByRole("tree")).toBeVisible();
  // In a window the letters are not the list's.
  await page.keyboard.press("x");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(link(1)).toBeFocused();
  await expect(page.getByText(/selected$/)).toHaveCount(0);

  await page.keyboard.press("x");
  await page.keyboard.press("Shift+J");
  await page.keyboard.press("Shift+J");
  await expect(page.getByText("3 selected")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText(/selected$/)).toHaveCount(0);
  await page.keyboard.press("End");
  await expect(link(5)).toBeFocused();

  await page.keyboard.press("Delete");
  await expect(page.getByRole("alertdialog", { name: "Delete this callback?" })).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(rowsOf(page)).toHaveCount(5);
  await page.keyboard.press("k");
  await expect(link(4)).toBeFocused();
});

test("the Tab key passes the list in two steps", async ({ server, signedIn: page }) => {
  await server.send("--count", "5");
  await expect(rowsOf(page)).toHaveCount(5);
  await page.getByRole("checkbox", { name: "Select all shown" }).focus();
  await page.keyboard.press("Tab");
  await expect(rowAt(page, 0).getByRole("checkbox")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(rowAt(page, 0).getByRole("link")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Rows")).toBeFocused();
});

test("letters that are typed are only text", async ({ server, signedIn: page }) => {
  await server.send("--count", "2");
  await expect(rowsOf(page)).toHaveCount(2);
  await page.keyboard.press("/");
  const search = page.getByRole("searchbox");
  await expect(search).toBeFocused();
  await page.keyboard.type("jkxua?tr");
  await expect(search).toHaveValue("jkxua?tr");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page).toHaveURL(/q=jkxua/);
  await search.fill("");
  await expect(rowsOf(page)).toHaveCount(2);
});

test("the keys are listed, and single letters can be turned off", async ({
  server,
  signedIn: page,
}) => {
  await server.send();
  await expect(rowsOf(page)).toHaveCount(1);
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys.getByText("Next callback")).toBeVisible();
  await keys.getByRole("checkbox", { name: /Use single letters/ }).uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("?");
  await expect(keys).toHaveCount(0);
  await expect(rowAt(page, 0).getByRole("link")).not.toBeFocused();

  await page.reload();
  await page.getByRole("button", { name: "Command menu" }).click();
  await page.getByRole("combobox", { name: "Command" }).fill("show the keys");
  await page.keyboard.press("Enter");
  await keys.getByRole("checkbox", { name: /Use single letters/ }).check();
  await keys.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("j");
  await expect(rowAt(page, 0).getByRole("link")).toBeFocused();
});

test("the command menu goes to pages, filters, acts and searches", async ({
  server,
  signedIn: page,
}) => {
  await server.send("--event", "workflow.failed");
  await server.send("--event", "workflow.completed");
  await expect(rowsOf(page)).toHaveCount(2);
  const command = page.getByRole("combobox", { name: "Command" });
  const run = async (words: string) => {
    await page.keyboard.press("Control+k");
    await command.fill(words);
    await page.keyboard.press("Enter");
    await expect(command).toHaveCount(0);
  };

  await run("event failed");
  await expect(rowsOf(page)).toHaveCount(1);
  await expect(page).toHaveURL(/event=workflow.failed/);
  await run("clear filters");
  await expect(rowsOf(page)).toHaveCount(2);
  await run("mark all");
  await expect(page.getByText("all viewed", { exact: true })).toBeVisible();
  await run("settings");
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  await run("no such command");
  await expect(page).toHaveURL(/\?q=no\+such\+command/);
  await expect(page.getByRole("heading", { name: "Nothing matches these filters" })).toBeVisible();
  await run("dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await expect(command).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+k");
  await expect(command).toHaveCount(0);
});

test("the focus goes back to where it was", async ({ server, signedIn: page }) => {
  await server.send("--count", "3");
  await expect(rowsOf(page)).toHaveCount(3);
  await page.keyboard.press("j");
  for (const key of ["Control+k", "?"]) {
    await page.keyboard.press(key);
    await expect(page.locator("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.locator("dialog")).toHaveCount(0);
    await expect(rowAt(page, 0).getByRole("link")).toBeFocused();
  }
});
