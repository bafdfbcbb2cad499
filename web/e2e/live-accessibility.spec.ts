// axe finds nothing in any state of the connection, in the toasts, and in the preferences.
import { isClean } from "./support/axe";
import { connection, expect, isState, test } from "./support/live";
import { looks } from "./support/looks";
import { isLive, password, signInAs } from "./support/test";
import { toast } from "./support/toasts";

test.slow();

for (const { name, colorScheme, width } of looks) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });

    test("every state of the connection is clean", async ({ page, server, line }) => {
      await server.createAdmin("grace@example.org", password);
      await signInAs(page, "grace@example.org", line.url);
      await connection(page).click();
      await expect(page.getByRole("dialog", { name: "Connection" })).toBeVisible();
      await isClean(page);
      await page.keyboard.press("Escape");

      line.cut();
      await isState(page, /Reconnecting|Retry/);
      await isClean(page);
      line.heal();
      line.refuseStreams(503);
      await isState(page, /Polling/);
      await connection(page).click();
      await isClean(page);
      line.heal();
      await page.getByRole("button", { name: "Try now" }).click();
      await isLive(page);
      await page.keyboard.press("Escape");

      line.silenceStreams();
      line.endStreams();
      await isState(page, /Reconnecting|Retry|Catching up|Polling/);
      await isClean(page);
    });

    test("toasts and preferences are clean", async ({ page, server }) => {
      await server.createAdmin("grace@example.org", password);
      await signInAs(page, "grace@example.org", server.url);
      await server.sendForged();
      await server.send("--count", "9");
      await expect(toast(page, /security alert/)).toBeVisible();
      await isClean(page);

      await page.goto(`${server.url}/settings/preferences`);
      for (const name of ["Sources", "Workflows", "Events"]) {
        const rule = page.getByRole("group", { name: `${name} that are toasted` });
        await rule.getByText("Only", { exact: true }).click();
      }
      await page.getByRole("button", { name: "Add llm" }).click();
      for (const name of [/^Play a sound/, /^Notify while/, /^Be quiet/]) {
        const control = page.getByRole("switch", { name });
        await control.click();
        await expect(control).toBeChecked();
      }
      await expect(page.getByRole("status").filter({ hasText: /^Saved$/ })).toBeVisible();
      await isClean(page);
    });
  });
}
