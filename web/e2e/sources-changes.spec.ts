// Sources that an admin adds: what to paste is shown once, secrets are rotated with both live, and what is done holds.
import { createHmac } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { isClean } from "./support/axe";
import { expect, signIn, test } from "./support/test";

async function open(page: Page, url: string): Promise<Locator> {
  await page.goto(`${url}/sources`);
  await page.getByRole("button", { name: "Add source" }).click();
  return page.getByRole("dialog", { name: "Add source" });
}

async function add(page: Page, url: string, name: string): Promise<Locator> {
  const dialog = await open(page, url);
  await dialog.getByRole("combobox", { name: "Service" }).selectOption("LLM service (llm)");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByText("The service asks for one").click();
  await dialog.getByLabel("Path").fill(`/api/webhooks/${name}`);
  await dialog.getByRole("button", { name: "Add source" }).click();
  return page.getByRole("dialog", { name: `${name} receives callbacks now` });
}

const main = (page: Page): Locator => page.getByRole("main");
const secrets = (page: Page): Locator => page.getByRole("list", { name: "Secrets" });

async function confirm(page: Page): Promise<void> {
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
}

test("a source is added, tried, changed, turned off and removed", async ({
  server,
  signedIn: page,
}) => {
  const done = await add(page, server.url, "partner");
  await expect(done.getByText(`${server.url}/api/webhooks/partner`, { exact: true })).toBeVisible();
  await expect(done.getByText(/^[0-9a-f]{64}$/)).toBeVisible();
  await done.getByRole("button", { name: "Done" }).click();
  await expect(page).toHaveURL(/\/sources\/partner$/);
  await main(page).getByRole("button", { name: "Send a test callback" }).click();
  await expect(main(page).getByText("It was received and stored")).toBeVisible();

  await main(page).getByRole("button", { name: "Change", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Change partner" });
  await dialog.getByLabel("Further settings, as JSON").fill("{");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("This is no JSON object")).toBeVisible();
  await dialog.getByLabel("Further settings, as JSON").fill('{"job_id": "nowhere"}');
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("sources.partner.job_id");
  await dialog.getByLabel("Further settings, as JSON").fill("");
  await dialog.getByLabel("Title").fill("Our partner");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(main(page).getByText("Our partner, by the preset “llm”")).toBeVisible();

  await main(page).getByRole("button", { name: "Turn off" }).click();
  await expect(main(page).getByText("It is turned off.")).toBeVisible();
  await main(page).getByRole("button", { name: "Turn on" }).click();
  await expect(main(page).getByText("It is turned off.")).toBeHidden();

  await main(page).getByRole("button", { name: "Remove", exact: true }).click();
  await confirm(page);
  await expect(page.getByRole("link", { name: "partner" })).toHaveCount(0);
});

const theirs = "a secret that the service shows";

test("a secret is rotated with both live, and what was refused verifies", async ({
  server,
  signedIn: page,
}) => {
  const done = await add(page, server.url, "partner");
  await done.getByRole("button", { name: "Done" }).click();
  await expect(secrets(page).getByRole("listitem")).toHaveCount(1);
  const body = '{"job_id":"of-the-new-secret","event":"workflow.completed"}';
  const signature = createHmac("sha256", theirs).update(body).digest("hex");
  const headers = { "X-Webhook-Signature": `sha256=${signature}` };
  const sent = { method: "POST", headers, body };
  expect((await fetch(`${server.url}/api/webhooks/partner`, sent)).status).toBe(401);
  await main(page).getByRole("button", { name: "New secret" }).click();
  const dialog = page.getByRole("dialog", { name: "New secret for partner" });
  await dialog.getByRole("button", { name: "Add secret" }).click();
  await expect(dialog.getByText("Paste the secret that the service shows")).toBeVisible();
  await dialog.getByLabel("Secret of the service").fill(theirs);
  await dialog.getByRole("button", { name: "Add secret" }).click();
  await expect(dialog).toBeHidden();
  await expect(secrets(page).getByRole("listitem")).toContainText([/active/, /retiring/]);
  await expect(page.getByText(theirs)).toHaveCount(0);

  const rejects = page.getByRole("list", { name: "Recent rejects" });
  const reject = rejects.getByRole("heading", { level: 3 }).first();
  await expect(reject).toContainText("None of the known causes", { timeout: 30_000 });
  await reject.getByRole("button").click();
  await rejects.getByRole("button", { name: "Check again" }).click();
  await expect(reject).toContainText("It verifies now");

  await secrets(page)
    .getByRole("button", { name: /^Remove the secret/ })
    .last()
    .click();
  await confirm(page);
  await expect(secrets(page).getByRole("listitem")).toHaveCount(1);
});

test("a name that is taken is refused, and nothing can be done with what is configured", async ({
  server,
  signedIn: page,
}) => {
  const dialog = await open(page, server.url);
  await dialog.getByRole("button", { name: "Add source" }).click();
  await expect(dialog.getByText("Its name stands in lists and in its path")).toBeVisible();
  await dialog.getByLabel("Name", { exact: true }).fill("llm");
  await dialog.getByText("The service asks for one").click();
  await dialog.getByRole("button", { name: "Add source" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The configuration has a source llm", {
    ignoreCase: true,
  });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.goto(`${server.url}/sources/llm`);
  await expect(main(page).getByRole("button", { name: "Send a test callback" })).toBeVisible();
  for (const name of ["Change", "Turn off", "Remove", "New secret"]) {
    await expect(main(page).getByRole("button", { name, exact: true })).toHaveCount(0);
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`${colorScheme}`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("what adds and changes a source is clean", async ({ page, server }) => {
      await signIn(page, server);
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 720 });
        const dialog = await open(page, server.url);
        await expect(dialog).toBeVisible();
        await isClean(page);
        await page.keyboard.press("Escape");
      }
      const done = await add(page, server.url, "partner");
      await expect(done).toBeVisible();
      await isClean(page);
      await done.getByRole("button", { name: "Done" }).click();
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 720 });
        await expect(main(page).getByRole("button", { name: "Change", exact: true })).toBeVisible();
        await isClean(page);
        await main(page).getByRole("button", { name: "New secret" }).click();
        await isClean(page);
        await page.keyboard.press("Escape");
      }
    });
  });
}
