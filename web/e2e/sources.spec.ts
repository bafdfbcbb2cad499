// The sources: what to paste, how it signs, and a command that works as it is shown.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isClean } from "./support/axe";
import { expect, signIn, test } from "./support/test";

test("a source says what to paste and how it signs, and its command sends a callback", async ({
  server,
  signedIn: page,
}) => {
  const bar = page.getByRole("navigation", { name: "Pages" });
  await bar.getByRole("link", { name: "Sources" }).click();
  await expect(page).toHaveURL(/\/sources\/llm$/);
  await expect(page).toHaveTitle("llm – callbackd");
  const main = page.getByRole("main");
  await expect(
    main.getByText(`${server.url}/api/webhooks/llm-callback`, { exact: true }),
  ).toBeVisible();
  await expect(main.getByText("HMAC-SHA256 in hex")).toBeVisible();
  await expect(page.getByRole("list", { name: "Secrets" })).toContainText([
    /sha256 [0-9a-f]{8}….*active/,
  ]);

  const command = (await main.getByText(/^curl /).textContent()) ?? "";
  const { stdout } = await promisify(execFile)("sh", ["-c", `${command} --silent`]);
  expect(JSON.parse(stdout)).toMatchObject({ received: true, duplicate: false });
  await main.getByRole("link", { name: "All callbacks of this source" }).click();
  await expect(page).toHaveURL(/\?source=llm$/);
  await expect(page.getByText("first_callback").first()).toBeVisible();

  await server.sendForged();
  await page.goBack();
  await main.getByRole("link", { name: "Recent rejects" }).click();
  await expect(page).toHaveURL(/\?source=llm&signature=invalid$/);
  await expect(page.getByRole("row").last()).toContainText("Invalid signature");
});

test("a source that is not there says so", async ({ server, signedIn: page }) => {
  await page.goto(`${server.url}/sources/nobody`);
  await expect(page.getByRole("heading", { name: "There is no such source" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Go to the sources" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "llm" })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`${colorScheme}`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("the pages of sources are clean on a phone and on a desk", async ({ page, server }) => {
      await signIn(page, server);
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 720 });
        await page.goto(`${server.url}/sources`);
        if (width === 320) {
          await expect(page.getByRole("link", { name: /^llm/ })).toBeVisible();
          await isClean(page);
          await page.getByRole("link", { name: /^llm/ }).click();
        }
        await expect(page.getByText(/^curl /)).toBeVisible();
        await isClean(page);
      }
    });
  });
}
