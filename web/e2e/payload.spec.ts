// Payloads are data: whatever they hold is shown, as text.
import { expect, test } from "./support/test";

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
      '"big":12345678901234567890123,"half":"\\ud83d","nul":"\\u0000","status"',
    ),
  );
  await signedIn.getByRole("row").last().getByRole("link").click();
  const details = signedIn.getByRole("dialog");
  await details.getByRole("button", { name: "Expand all" }).click();
  await expect(details.getByText(markup)).toBeVisible();
  await expect(details.getByText("safe⟨U+202E⟩exe.gpj")).toBeVisible();
  await expect(details.getByText("12345678901234567890123")).toBeVisible();
  await expect(details.getByText("⟨U+D83D⟩")).toBeVisible();
  await expect(details.getByText("⟨U+0000⟩")).toBeVisible();
  await expect(page.locator("img, b, [role=dialog] script")).toHaveCount(0);
  expect(await page.title()).not.toContain("owned");
});

test("a megabyte opens without freezing the page", async ({ server, signedIn: page }) => {
  const steps = Array.from({ length: 9_000 }, (_, index) => ({ index, text: "x".repeat(80) }));
  await server.sendPayload({
    event: "workflow.completed",
    job_id: "large-1",
    status: "completed",
    steps,
  });
  await page.getByRole("row").last().getByRole("link").click();
  const details = page.getByRole("dialog");
  await expect(details.getByRole("tree")).toBeVisible();
  await details.getByRole("button", { name: "Expand all" }).click();
  await expect(details.getByRole("button", { name: "Collapse all" })).toBeEnabled();
  await page.keyboard.press("Escape");
  await expect(details).toHaveCount(0);
});
