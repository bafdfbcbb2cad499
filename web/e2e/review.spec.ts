// What an admin does with a rejected request: reads why it did not verify, checks it again, accepts it.
import { createHmac } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { isClean } from "./support/axe";
import { rowsOf } from "./support/list";
import type { Server } from "./support/server";
import { expect, isLive, signIn, test } from "./support/test";

const secret = "secret-of-the-review-tests";
const next = "secret-that-comes-later";
const body = JSON.stringify({
  job_id: "job-under-review",
  event: "workflow.completed",
  text: "a/b",
});

test.use({ settings: { LLM_WEBHOOK_SECRET: secret } });

type Signed = { key?: string; signed?: string; header?: string; sent?: string };

/** Sends as a sender that has made a mistake; it is answered 401. */
async function sendWrong(
  server: Server,
  { key = secret, signed = body, header, sent = body }: Signed,
) {
  const signature = createHmac("sha256", key).update(signed).digest("hex");
  const answer = await fetch(`${server.url}/api/webhooks/llm-callback`, {
    method: "POST",
    headers: { [header ?? "X-Webhook-Signature"]: `sha256=${signature}` },
    body: sent,
  });
  expect(answer.status).toBe(401);
}

async function openFirst(page: Page): Promise<Locator> {
  await rowsOf(page).first().getByRole("link").click();
  const details = page.getByRole("dialog");
  await expect(details).toBeVisible();
  return details;
}

function why(details: Locator): Locator {
  return details.getByRole("note", { name: "Why it was not verified" });
}

test("a rejected request says what is wrong, what to do, and the figures", async ({
  server,
  signedIn: page,
}) => {
  await sendWrong(server, { key: `${secret}\n` });
  await expect(rowsOf(page).first()).toContainText("White space around the secret");
  const details = await openFirst(page);
  const region = why(details);
  await expect(region.getByRole("heading")).toHaveText("White space around the secret");
  await expect(region.getByText("a line feed behind it")).toBeVisible();
  await expect(region.getByText("What to do:")).toBeVisible();
  await expect(region.getByText(/^26 bytes, sha256 [0-9a-f]{8}…$/)).toBeVisible();
  await expect(region.getByRole("list", { name: "Proofs" })).toHaveText("Signature not valid");
  await isClean(page);
});

test("with the secret set it verifies when checked again, and is accepted as a verified callback", async ({
  server,
  signedIn: page,
}) => {
  await sendWrong(server, { key: next });
  const details = await openFirst(page);
  await expect(why(details).getByRole("heading")).toHaveText("None of the known causes");
  await server.restart(async () => server.set("LLM_WEBHOOK_SECRET", next));
  await isLive(page);
  await why(details).getByRole("button", { name: "Check again" }).click();
  await expect(why(details).getByRole("heading")).toHaveText("It verifies now");
  await expect(page.getByText("Checked again: It verifies now")).toBeAttached();
  await isClean(page);

  await why(details).getByRole("button", { name: "Accept…" }).click();
  const question = page.getByRole("alertdialog", { name: "Accept this request?" });
  await expect(question).toContainText("a new, verified callback");
  await isClean(page);
  await question.getByRole("button", { name: "Accept" }).click();
  await expect(question).toHaveCount(0);
  const accepted = details.getByRole("note", { name: "Accepted" });
  await expect(accepted).toContainText("Accepted as a callback by");
  await expect(why(details).getByRole("button", { name: "Accept…" })).toHaveCount(0);
  await expect(rowsOf(page)).toHaveCount(2);

  await accepted.getByRole("link", { name: "Open the callback" }).click();
  const front = page.getByRole("dialog").filter({ hasText: "Accepted from a rejected request" });
  await expect(front).toBeVisible();
  await expect(front.getByText("Valid", { exact: true })).toBeVisible();
  await expect(why(front)).toHaveCount(0);
  // Alone: a reload of its own link.
  await page.goto(new URL(new URL(page.url()).pathname, server.url).href);
  await expect(front).toBeVisible();
  await isClean(page);
  await front.getByRole("link", { name: "Open the request" }).click();
  await expect(page.getByRole("dialog").filter({ hasText: "It verifies now" })).toBeVisible();
});

test("what does not verify stays unverified when it is accepted", async ({
  server,
  signedIn: page,
}) => {
  await sendWrong(server, { signed: body.replaceAll(":", ": ").replaceAll(",", ", ") });
  const details = await openFirst(page);
  await expect(why(details).getByRole("heading")).toHaveText("The body was serialised again");
  await why(details).getByRole("button", { name: "Accept…" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("Nothing proves who sent it");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(rowsOf(page)).toHaveCount(1);
  await why(details).getByRole("button", { name: "Accept…" }).click();
  await question.getByRole("button", { name: "Accept" }).click();
  await expect(page.getByText("Accepted: a new callback, not verified.")).toBeVisible();
  await details.getByRole("link", { name: "Open the callback" }).click();
  const front = page.getByRole("dialog").filter({ hasText: "Accepted, but not verified" });
  await expect(front).toBeVisible();
  await expect(front.getByRole("button", { name: "Check again" })).toHaveCount(0);
});

test("what cannot be accepted says why", async ({ server, signedIn: page }) => {
  await sendWrong(server, { key: "other", sent: "no JSON", signed: "no JSON" });
  const details = await openFirst(page);
  await why(details).getByRole("button", { name: "Accept…" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByRole("button", { name: "Accept" }).click();
  await expect(question.getByRole("alert")).toContainText("the body is not JSON");
  await question.getByRole("button", { name: "Cancel" }).click();
  await page.keyboard.press("Escape");

  await sendWrong(server, { header: "X-Hub-Signature-256" });
  await expect(rowsOf(page)).toHaveCount(2);
  const unread = await openFirst(page);
  await expect(why(unread).getByRole("heading")).toHaveText("The signature is missing");
  await expect(why(unread).getByText("x-hub-signature-256")).toBeVisible();
  const button = why(unread).getByRole("button", { name: "Accept…" });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await button.click({ force: true });
  await expect(
    page.getByText("Its body was not read, so there is nothing to accept.").first(),
  ).toBeVisible();
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("a diagnosis is clean on a phone and on a desk", async ({ page, server }) => {
      await signIn(page, server);
      await sendWrong(server, { key: "of-somebody-else" });
      const details = await openFirst(page);
      await expect(why(details).getByText("SHA-256 of the body")).toBeVisible();
      for (const width of [320, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        await isClean(page);
        if (process.env.SHOTS) {
          await page.screenshot({ path: `${process.env.SHOTS}/${colorScheme}-${width}.png` });
        }
      }
    });
  });
}
