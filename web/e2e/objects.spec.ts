// Callbacks that only name an object: what is fetched is shown beside them, and what is not says why.
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isClean } from "./support/axe";
import { expect, signIn, test } from "./support/test";

const key = "sk-the-key-of-the-service";

/** The service's own API, as long as `run` runs. */
async function withService(
  run: (url: string, answers: { status: number }) => Promise<void>,
): Promise<void> {
  const answers = { status: 200 };
  const service: Server = createServer((request, response) => {
    const knows = request.headers.authorization === `Bearer ${key}`;
    response.statusCode = knows ? answers.status : 401;
    const id = request.url?.split("/").at(-1);
    const body = { id, model: "gpt-5", usage: { total_tokens: 1234 }, output: "A lighthouse" };
    response.end(JSON.stringify(response.statusCode === 200 ? body : { error: "no such key" }));
  });
  await new Promise<void>((ready) => service.listen(0, "127.0.0.1", ready));
  const { port } = service.address() as AddressInfo;
  try {
    await run(`http://127.0.0.1:${port}`, answers);
  } finally {
    service.closeAllConnections();
    service.close();
  }
}

test("an object is fetched, shown beside its callback, and fetched again", async ({
  server,
  page,
}) => {
  await withService(async (url, answers) => {
    const own = "CALLBACKD_SOURCES_OPENAI_";
    server.set(`${own}SECRET`, "whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM=");
    server.set(`${own}FETCH_KEY`, key);
    server.set(`${own}FETCH_URL`, `${url}/v1/responses/{id}`);
    server.set(`${own}FETCH_PRIVATE_NETWORKS`, "127.0.0.0/8");
    await server.restart();
    await signIn(page, server);
    await page.goto(`${server.url}/sources/openai`);
    const keys = page.getByRole("list", { name: "Key to fetch with" });
    await expect(keys).toContainText(/sha256 [0-9a-f]{8}….*127\.0\.0\.1/);
    await expect(page.getByText("platform.openai.com → Settings")).toContainText(
      `${server.url}/api/webhooks/openai`,
    );
    await isClean(page);
    await page.getByRole("button", { name: "Send a test callback" }).click();
    const sent = page.getByText("It was received and stored");
    await expect(sent).toContainText("What it names is made up, so it is not fetched.");
    await sent.getByRole("link").click();

    const shown = page.getByRole("dialog");
    await expect(shown.getByText("Test callback", { exact: true })).toBeVisible();
    const id = page.url().split("/").at(-1);
    const asked = await page.request.post(`${server.url}/api/admin/llm-callbacks/${id}/fetch`);
    expect(asked.status()).toBe(202);
    const object = shown.getByRole("region", { name: "Object" });
    await expect(object.getByRole("status")).toHaveText(/^fetched/);
    await expect(shown.getByText("gpt-5")).toBeVisible();
    await shown.getByRole("button", { name: "Object", exact: true }).click();
    await expect(shown.getByText("A lighthouse")).toBeVisible();
    await isClean(page);
    const saved = page.waitForEvent("download");
    await shown.getByRole("button", { name: "Download the object" }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe(`${id}-object.json`);
    expect(await readFile(await file.path(), "utf8")).toMatch(/^\{"id":.*"A lighthouse"\}$/);

    answers.status = 403;
    await object.getByRole("button", { name: "Fetch again" }).click();
    await expect(object.getByRole("status")).toHaveText(/^not fetched again; what is shown came/);
    await expect(object).toContainText("The service refuses the key (403 Forbidden).");
    await expect(object).toContainText("no such key");
    await isClean(page);
  });
});

test("a key to fetch with is given, replaced and taken away", async ({
  server,
  signedIn: page,
}) => {
  await page.goto(`${server.url}/sources`);
  await page.getByRole("button", { name: "Add source" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Service" }).selectOption("openai");
  await dialog.getByRole("textbox", { name: "Name" }).fill("research");
  await dialog.getByLabel("Secret of the service").fill("whsec_aGVsbG8=");
  await dialog.getByLabel("Key of the service's API").fill("sk-first");
  await dialog.getByRole("button", { name: "Add source" }).click();
  await page.getByRole("button", { name: "Done" }).click();

  const keys = page.getByRole("list", { name: "Key to fetch with" });
  await expect(keys).toContainText("from api.openai.com");
  const first = await keys.textContent();
  await page.getByRole("button", { name: "Replace key" }).click();
  await page.getByRole("button", { name: "Set key" }).click();
  await expect(page.getByText("Paste a key of the service's API")).toBeVisible();
  await page.getByLabel("Key of the service's API").fill("sk-second");
  await isClean(page);
  await page.getByRole("button", { name: "Set key" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(keys).not.toHaveText(first ?? "");
  await keys.getByRole("button", { name: "Remove the key to fetch with" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).last().click();
  await expect(page.getByText("Nothing is fetched: no key is set.")).toBeVisible();
});
