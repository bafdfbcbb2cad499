// axe finds nothing in any state of the list of callbacks, in light and in dark, on a phone and on a desk.
import { isClean } from "./support/axe";
import { rowAt, rowsOf } from "./support/list";
import { looks } from "./support/looks";
import { expect, test } from "./support/test";

for (const { name, colorScheme, width } of looks) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height: 720 }, reducedMotion: "reduce" });

    test("every state of the list is clean", async ({ server, signedIn: page }) => {
      test.slow();
      await server.send("--count", "30", "--event", "llm.step.completed");
      await server.sendForged();
      await expect(rowsOf(page).first()).toBeVisible();
      await isClean(page);

      const bar = page.getByRole("search");
      await bar.getByRole("button", { name: "Event" }).click();
      await expect(page.getByRole("combobox", { name: "Event" })).toBeFocused();
      await isClean(page);
      await page.keyboard.press("Escape");
      await bar.getByRole("button", { name: "Received" }).click();
      await expect(page.getByLabel("From")).toBeVisible();
      await isClean(page);
      await page.keyboard.press("Escape");

      await rowAt(page, 1).getByRole("checkbox").check();
      await isClean(page);
      await page.getByRole("button", { name: "Export" }).click();
      await isClean(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      await isClean(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Clear the selection" }).click();

      await page.keyboard.press("Control+k");
      await expect(page.getByRole("combobox", { name: "Command" })).toBeFocused();
      await isClean(page);
      await page.keyboard.press("Escape");
      await page.getByRole("heading", { level: 1 }).click();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
      await isClean(page);
      await page.keyboard.press("Escape");

      await page.getByLabel("Rows").selectOption("10 a page");
      await expect(rowsOf(page)).toHaveCount(10);
      await isClean(page);
      await bar.getByRole("searchbox").fill("nowhere");
      await expect(page.getByText("Nothing matches these filters")).toBeVisible();
      await isClean(page);
    });
  });
}

test("a list that is being read, and one that failed, are clean", async ({ signedIn: page }) => {
  let refuse: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  await page.route(/\/history\?/, async (route) => {
    await asked;
    await route.abort();
  });
  await page.reload();
  await expect(page.getByText("Loading callbacks")).toBeAttached();
  await isClean(page);
  refuse();
  await expect(page.getByText("The callbacks could not be loaded")).toBeVisible();
  await isClean(page);
});
