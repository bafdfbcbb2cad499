// axe finds nothing on any page of settings, in any of its states, in light and dark, on a phone and on
// a desk; and nothing is cut off.
import { isClean } from "./support/axe";
import { looks } from "./support/looks";
import { addPerson, signInAs } from "./support/people";
import { expect, signIn, test } from "./support/test";

for (const { name, colorScheme, width } of looks) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height: 720 }, reducedMotion: "reduce" });

    test("every section is clean", async ({ page, server }) => {
      await signIn(page, server);
      const open = async (path: string, heading: string) => {
        await page.goto(`${server.url}${path}`);
        await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      };
      await open("/settings", width === 320 ? "Settings" : "Account");
      await isClean(page);
      await open("/settings/account", "Account");
      await isClean(page);
      await open("/settings/appearance", "Appearance");
      await isClean(page);
      await open("/settings/sessions", "Sessions");
      await expect(page.getByRole("listitem")).toHaveCount(1);
      await isClean(page);

      await open("/settings/tokens", "API tokens");
      await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
      await isClean(page);
      await page.getByRole("button", { name: "New token" }).click();
      await page.getByLabel("Name").fill("laptop");
      await isClean(page);
      await page.keyboard.press("Enter");
      await expect(page.getByText(/^cbd_/)).toBeVisible();
      await isClean(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Revoke laptop" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      await isClean(page);
      await page.keyboard.press("Escape");

      await addPerson(page, `${"a.long.address.".repeat(4)}x@example.org`, "MEMBER");
      await open("/settings/people", "People");
      await expect(page.getByRole("listitem")).toHaveCount(2);
      await isClean(page);
      await page.getByRole("button", { name: "Add person" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Add person" }).click();
      await expect(page.getByText("An e-mail address, such as")).toBeVisible();
      await isClean(page);
      await page.keyboard.press("Escape");

      await open("/settings/system", "System");
      await expect(page.getByText("Nothing needs your attention.")).toBeVisible();
      await isClean(page);

      await page.setViewportSize({ width, height: 2_400 });
      await expect(page.getByText(/^PostgreSQL \d+/)).toBeVisible();
      await isClean(page);
      await page.setViewportSize({ width, height: 720 });

      await page.route("**/api/auth/sessions", (route) => route.abort());
      await open("/settings/sessions", "Sessions");
      await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
      await isClean(page);
    });

    test("passwords are changed and reset on clean forms", async ({ browser, page, server }) => {
      await signIn(page, server);
      await addPerson(page, "grace@example.org", "MEMBER");
      const grace = await signInAs(browser, server, "grace@example.org");
      await grace.setViewportSize({ width, height: 720 });
      await grace.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await grace.goto(`${server.url}/settings/account`);
      await isClean(grace);
      await grace.getByRole("button", { name: "Change password" }).click();
      await expect(grace.getByText("Your password as it is now.")).toBeVisible();
      await isClean(grace);
      await grace.getByLabel("Current password").fill("not this one");
      await grace.getByRole("button", { name: "Make up a password" }).click();
      await grace.getByRole("button", { name: "Change password" }).click();
      await expect(grace.getByText("This is not your password.")).toBeVisible();
      await isClean(grace);
      await grace.context().close();

      await page.goto(`${server.url}/settings/people`);
      await page.getByRole("button", { name: "Set a new password for grace@example.org" }).click();
      const dialog = page.getByRole("dialog");
      await expect(dialog.getByLabel("New password")).toBeVisible();
      await isClean(page);
      await dialog.getByRole("button", { name: "Set password" }).click();
      await expect(dialog.getByText("A password has at least 12 characters.")).toBeVisible();
      await isClean(page);
      await dialog.getByRole("button", { name: "Make up a password" }).click();
      await dialog.getByRole("button", { name: "Set password" }).click();
      await expect(page.getByRole("dialog")).toContainText("has a new password");
      await isClean(page);
    });
  });
}
