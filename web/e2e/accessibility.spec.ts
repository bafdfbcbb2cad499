// axe finds nothing on any page, in light and in dark, on a phone and on a desk; keys reach everything.
import { isClean } from "./support/axe";
import { looks } from "./support/looks";
import { expect, signIn, test } from "./support/test";

for (const { name, colorScheme, width } of looks) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height: 720 }, reducedMotion: "reduce" });

    test("every page is clean", async ({ page, server }) => {
      await page.goto(server.url);
      await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
      await isClean(page);
      await signIn(page, server);
      await expect(page.getByText("Waiting for the first callback")).toBeVisible();
      await isClean(page);
      await server.send("--event", "workflow.failed");
      await expect(page.getByText("New LLM callback received")).toBeVisible();
      await isClean(page);
      await page.getByRole("button", { name: "View details" }).click();
      await expect(page.getByRole("tree")).toBeVisible();
      await isClean(page);
    });
  });
}

test("a window is opened, used and closed by keys, and gives the focus back", async ({
  server,
  signedIn: page,
}) => {
  await server.send();
  const link = page.getByRole("row").last().getByRole("link");
  await link.focus();
  await page.keyboard.press("Enter");
  const details = page.getByRole("dialog");
  await expect(details.getByRole("tree")).toBeVisible();
  await expect(details).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await expect(details.getByRole("button", { name: "Newer callback" })).toBeFocused();
  await details.getByRole("button", { name: /^Move/ }).focus();
  const before = await details.boundingBox();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(async () => (await details.boundingBox())?.x).toBeLessThan(before?.x ?? 0);
  await page.keyboard.press("Escape");
  await expect(details).toHaveCount(0);
  await expect(link).toBeFocused();
});
