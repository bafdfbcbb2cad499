// Payloads are data: whatever they hold is shown, as text, and can be searched, copied and taken away.
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./support/test";

async function open(page: Page, job = "job-1"): Promise<Locator> {
  await page.getByRole("row").getByRole("link", { name: job, exact: true }).click();
  const details = page.getByRole("dialog");
  await expect(details.getByRole("tree")).toBeVisible();
  return details;
}

function payloadOf(members: object, job = "job-1"): object {
  return { event: "workflow.completed", job_id: job, status: "completed", ...members };
}

test("a hostile payload is shown as text", async ({ page, server, signedIn }) => {
  const markup = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
  await server.sendPayload(
    JSON.stringify({
      event: "workflow.completed",
      job_id: "hostile-1",
      workflow_name: "<b>bold</b>\u202Edesrever",
      status: "completed",
      result: { markup, bidi: "safe\u202Eexe.gpj", __proto__: null },
    }).replace(
      '"status"',
      '"big":12345678901234567890123,"half":"\\ud83d","nul":"\\u0000","twice":1,"twice":2,"status"',
    ),
  );
  const details = await open(signedIn, "hostile-1");
  await details.getByRole("button", { name: "Expand all" }).click();
  const tree = details.getByRole("tree");
  for (const view of ["Tree", "Raw"]) {
    await details.getByRole("button", { name: view }).click();
    await expect(details.getByText("onerror=").last()).toBeVisible();
    await expect(details.getByText("12345678901234567890123")).toBeVisible();
    await expect(page.locator("img, b, [role=dialog] script")).toHaveCount(0);
    expect(await page.title()).not.toContain("owned");
  }
  await details.getByRole("button", { name: "Tree" }).click();
  await expect(tree.getByText(markup)).toBeVisible();
  await expect(tree.getByText("safe⟨U+202E⟩exe.gpj")).toBeVisible();
  await expect(tree.getByText("⟨U+D83D⟩")).toBeVisible();
  await expect(tree.getByText("⟨U+0000⟩")).toBeVisible();
  await expect(tree.getByRole("treeitem", { name: /^twice/ })).toHaveCount(2);
});

test("the tree is read and unfolded by keys", async ({ server, signedIn: page }) => {
  await server.sendPayload(payloadOf({ result: { deep: { deeper: { deepest: ["found"] } } } }));
  const details = await open(page);
  const tree = details.getByRole("tree");
  await details.getByRole("button", { name: "Collapse all" }).click();
  await expect(tree.getByRole("treeitem")).toHaveCount(5);
  await tree.focus();
  for (const key of ["End", "Enter", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"]) {
    await page.keyboard.press(key);
  }
  const deeper = tree.getByRole("treeitem", { name: /^deeper/ });
  await expect(deeper).toHaveAttribute("aria-expanded", "true");
  await expect(deeper).toHaveAttribute("aria-level", "4");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(tree.getByText("found")).toBeVisible();
  await expect(details.getByText("/result/deep/deeper/deepest/0")).toBeVisible();
  for (const _ of ["item", "deepest", "deepest closed"]) await page.keyboard.press("ArrowLeft");
  await expect(deeper).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowLeft");
  await expect(deeper).toHaveAttribute("aria-expanded", "false");
});

test("what is searched for is revealed, marked and counted", async ({ server, signedIn: page }) => {
  const items = Array.from({ length: 3_000 }, (_, index) => ({ index, text: "nothing here" }));
  const story = `${"many words\n".repeat(2_000)}the Needle in the text`;
  await server.sendPayload(
    payloadOf({ items, inner: [[[{ needle: "in a name" }]]], story, last: "a NEEDLE" }),
  );
  const details = await open(page);
  await page.keyboard.press("Control+f");
  const field = details.getByRole("searchbox", { name: "Search payload" });
  await expect(field).toBeFocused();
  await field.fill("needle");
  const count = details.getByRole("status");
  const current = details.locator("mark[aria-current]");
  const shows = async (position: string, text: string) => {
    await expect(count).toHaveText(position);
    await expect(current).toHaveText(text);
    await expect(current).toBeInViewport();
  };
  await shows("1 of 3", "needle");
  await details.getByRole("button", { name: "Next match" }).click();
  await shows("2 of 3", "Needle");
  await field.press("Enter");
  await shows("3 of 3", "NEEDLE");
  await field.press("Enter");
  await shows("1 of 3", "needle");
  await details.getByRole("button", { name: "Previous match" }).click();
  await shows("3 of 3", "NEEDLE");

  await details.getByRole("button", { name: "Raw" }).click();
  await shows("1 of 3", "needle");
  await field.fill("not in it");
  await expect(count).toHaveText("No match");
  await field.press("Escape");
  await expect(field).toHaveValue("");
  await field.press("Escape");
  await expect(details).toHaveCount(0);
});

test("values, paths, and the exact bytes can be taken away", async ({
  context,
  server,
  signedIn: page,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const body =
    ' { "job_id" : "job-1", "a/b" : [ { "big" : 12345678901234567890 } , "ol\\u00e9" ] }\r\n';
  await server.sendPayload(body);
  const details = await open(page);
  const tree = details.getByRole("tree");

  await tree.getByText("olé").click();
  await details.getByRole("button", { name: "Copy path" }).click();
  expect(await clipboard()).toBe("/a~1b/1");
  await details.getByRole("button", { name: "Copy value" }).click();
  expect(await clipboard()).toBe("olé");
  await tree.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Control+c");
  expect(await clipboard()).toBe("12345678901234567890");
  await page.keyboard.press("ArrowLeft");
  await details.getByRole("button", { name: "Copy value" }).click();
  expect(await clipboard()).toBe('{ "big" : 12345678901234567890 }');
  await details.getByRole("button", { name: "Copy payload" }).click();
  expect(await clipboard()).toBe(body);

  await details.getByRole("button", { name: "Bytes" }).click();
  await expect(details.getByText("0d 0a").last()).toBeVisible();
  const coming = page.waitForEvent("download");
  await details.getByRole("link", { name: "Download the exact bytes" }).click();
  expect(await readFile(await (await coming).path(), "utf8")).toBe(body);
});

test("a body that is no text is shown as bytes", async ({ server, signedIn: page }) => {
  const body = Buffer.from([0x7b, 0xff, 0x00, 0x41]);
  await page.request.post(`${server.url}/api/webhooks/llm-callback`, {
    data: body,
    headers: { "x-webhook-signature": "sha256=00" },
  });
  await page.getByRole("row").last().getByRole("link").click();
  const details = page.getByRole("dialog");
  await expect(details.getByText("7b ff 00 41")).toBeVisible();
  await expect(details.getByText(/not JSON/)).toBeVisible();
  await expect(details.getByRole("button", { name: "Tree" })).toHaveCount(0);
});

const numbers = "1,".repeat(524_000);
const nested = `${"[".repeat(127)}${"]".repeat(127)}`;
const members = Array.from({ length: 40_000 }, (_, index) => [`member_${index}`, index]);
/** By their jobs. */
const large: Record<string, object | string> = {
  "of-objects": payloadOf(
    { steps: Array.from({ length: 9_000 }, (_, index) => ({ index, text: "x".repeat(80) })) },
    "of-objects",
  ),
  "of-numbers": `{"job_id":"of-numbers","n":[${numbers}7]}`,
  "of-letters": payloadOf({ text: `${"x".repeat(1_000_000)}end` }, "of-letters"),
  "of-members": payloadOf(Object.fromEntries(members), "of-members"),
  "of-levels": `{"job_id":"of-levels","d":${nested}}`,
};

test("however large a payload is, only what is in sight is made", async ({
  server,
  signedIn: page,
}) => {
  test.slow();
  for (const [name, payload] of Object.entries(large)) {
    await server.sendPayload(payload);
    const details = await open(page, name);
    const tree = details.getByRole("tree");
    await details.getByRole("button", { name: "Expand all" }).click();
    await tree.focus();
    await page.keyboard.press("End");
    await expect(tree.locator("[aria-selected=true]"), name).toBeInViewport();
    expect(await tree.getByRole("treeitem").count(), name).toBeLessThan(200);
    await page.keyboard.press("Home");
    await expect(tree.getByRole("treeitem").first(), name).toBeInViewport();
    await details.getByRole("button", { name: "Raw" }).click();
    expect(await page.locator("pre").count(), name).toBeLessThan(50);
    await page.keyboard.press("Escape");
    await expect(details).toHaveCount(0);
  }
});
