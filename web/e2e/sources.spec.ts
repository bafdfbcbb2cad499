// The sources: what to paste, how it signs, and a command that works as it is shown.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Locator, Page } from "@playwright/test";
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
  const atSender = main.getByRole("region", { name: "At the sender" });
  // In the sentence that says what to do, and alone, to be copied.
  const address = atSender.getByText(`${server.url}/api/webhooks/llm-callback`, { exact: true });
  await expect(address).toHaveCount(2);
  await expect(atSender.getByText("LLM_WEBHOOK_SECRET")).toBeVisible();
  await expect(main.getByText("HMAC-SHA256 in hex")).toBeVisible();
  await expect(page.getByRole("list", { name: "Secrets" })).toContainText([
    /sha256 [0-9a-f]{8}….*active/,
  ]);

  const command = (await main.getByText(/^curl /).textContent()) ?? "";
  const { stdout } = await promisify(execFile)("sh", ["-c", `${command} --silent`]);
  expect(JSON.parse(stdout)).toMatchObject({ received: true, duplicate: false });
  await main.getByRole("link", { name: "All callbacks" }).click();
  await expect(page).toHaveURL(/\?source=llm$/);
  await expect(page.getByText("first_callback").first()).toBeVisible();

  await server.sendForged();
  await page.goBack();
  await main.getByRole("link", { name: "Recent rejects" }).click();
  await expect(page).toHaveURL(/\?source=llm&signature=invalid$/);
  await expect(page.getByRole("row").last()).toContainText("Invalid signature");
});

test("a test callback is sent from the page, and leads to its window", async ({
  server,
  signedIn: page,
}) => {
  await page.goto(`${server.url}/sources/llm`);
  await expect(number(page, "In the last 24 hours")).toHaveText("0");
  await expect(number(page, "Last callback")).toHaveText("none yet");
  await page.getByRole("button", { name: "Send a test callback" }).click();
  const sent = page.getByRole("status").filter({ hasText: "It was received and stored" });
  await expect(number(page, "In the last 24 hours")).toHaveText("1");
  await expect(number(page, "Of these, rejected")).toHaveText("0");
  const last = number(page, "Last callback").getByRole("time");
  await expect(last).toHaveText("just now");
  await expect(last).toHaveAttribute("title", /\d{4}.*\d\d:\d\d:\d\d/);

  const link = sent.getByRole("link");
  const callbackId = (await link.textContent()) ?? "";
  await link.click();
  const shown = page.getByRole("dialog").filter({ hasText: callbackId });
  await expect(shown.getByText("Valid", { exact: true })).toBeVisible();

  await server.sendForged();
  await page.goBack();
  await expect(number(page, "Of these, rejected")).toHaveText("1");
  await expect(number(page, "In the last 24 hours")).toHaveText("2");
  await page.getByRole("link", { name: "Open it" }).click();
  await expect(page.getByRole("dialog").filter({ hasText: callbackId })).toBeVisible();
});

test("a reject is understood and accepted on the page of its source", async ({
  server,
  signedIn: page,
}) => {
  await server.sendForged();
  await page.goto(`${server.url}/sources/llm`);
  const rejects = page.getByRole("list", { name: "Recent rejects" });
  await rejects.getByRole("button").first().click();
  const why = rejects.getByRole("note", { name: "Why it was not verified" });
  await expect(why).toContainText("What to do:");
  await server.sendForged();
  await expect(rejects.getByRole("heading", { level: 3 })).toHaveCount(3, { timeout: 30_000 });
  await expect(why).toBeVisible();
  await isClean(page);
  await rejects.getByRole("button", { name: "Accept…" }).click();
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await expect(rejects.getByText("Accepted by admin@localhost")).toBeVisible();
  await expect(rejects.getByRole("button", { name: "Accept…" })).toHaveCount(0);
  await rejects.getByRole("link", { name: "open the callback" }).click();
  await expect(
    page.getByRole("dialog").getByText("Accepted from a rejected request"),
  ).toBeVisible();
});

test("a test callback that cannot be sent says why", async ({ server, signedIn: page }) => {
  await page.goto(`${server.url}/sources/llm`);
  const send = page.getByRole("button", { name: "Send a test callback" });
  await expect(send).toBeVisible();
  await page.route("**/api/admin/sources/llm/test", (route) => route.abort());
  await send.click();
  await expect(page.getByRole("alert")).toHaveText("The server cannot be reached.");
  await isClean(page);
  await page.unroute("**/api/admin/sources/llm/test");
  await send.click();
  await expect(page.getByText("It was received and stored")).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await isClean(page);
});

test.describe("a service that signs with a key of its own", () => {
  test.use({
    settings: {
      CALLBACKD_SOURCES_FAL_ENABLED: "true",
      CALLBACKD_SOURCES_FAL_JWKS_URL: "http://127.0.0.1:9/",
    },
  });

  test("cannot be played, and says so", async ({ server, signedIn: page }) => {
    await page.goto(`${server.url}/sources/fal`);
    await page.getByRole("button", { name: "Send a test callback" }).click();
    await expect(page.getByRole("alert")).toContainText("no active secret");
  });
});

/** The number below its name. */
function number(page: Page, name: string): Locator {
  return page.getByRole("term").filter({ hasText: name }).locator("xpath=following-sibling::dd[1]");
}

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
