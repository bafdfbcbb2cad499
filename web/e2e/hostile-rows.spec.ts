// Names and ids are a stranger's words: in rows, filters and menus they are text, and break nothing.
import { rowAt, rowsOf } from "./support/list";
import { expect, test } from "./support/test";

const markup = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const names: Record<string, string> = {
  markup,
  bidi: "safe\u202Eexe.gpj\u2066\u200F",
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈".repeat(20),
  combining: `Z${"\u0351\u0322".repeat(200)}algo`,
  wide: "﷽".repeat(120),
  lines: "first\nsecond\r\n\tthird",
  long: "x".repeat(100_000),
};

for (const width of [320, 1280]) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height: 800 } });

    test("whatever senders call things, rows are rows", async ({ server, signedIn: page }) => {
      for (const [kind, name] of Object.entries(names)) {
        await server.sendPayload({
          event: name,
          job_id: `${kind} ${name}`.slice(0, 120),
          workflow_name: name,
          status: name,
        });
      }
      await expect(rowsOf(page)).toHaveCount(Object.keys(names).length);
      await expect(page.getByText("safe⟨U+202E⟩exe.gpj").first()).toBeVisible();
      await expect(page.getByText(markup.slice(0, 40)).first()).toBeVisible();
      await expect(page.getByRole("main").locator("img, script, b")).toHaveCount(0);
      expect(await page.title()).not.toContain("owned");

      const heights = new Set<number>();
      for (const row of await rowsOf(page).all()) {
        const box = await row.boundingBox();
        heights.add(box?.height ?? 0);
        expect(box?.width).toBeLessThanOrEqual(width);
      }
      expect(heights.size).toBe(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    });

    test("such a name can be filtered by", async ({ server, signedIn: page }) => {
      await server.sendPayload({ event: "e", job_id: "one", workflow_name: names.bidi });
      await server.sendPayload({ event: "e", job_id: "two", workflow_name: markup });
      await expect(rowsOf(page)).toHaveCount(2);
      const button = page.getByRole("search").getByRole("button", { name: "Workflow" });
      await button.click();
      await page.getByRole("option", { name: "<img src=x" }).click();
      await expect(rowsOf(page)).toHaveCount(1);
      await expect(rowAt(page, 0).getByRole("link")).toHaveText("two");
      await page.reload();
      await expect(rowAt(page, 0).getByRole("link")).toHaveText("two");
      await expect(button).toContainText(markup.slice(0, 20));
      await button.click();
      await page.getByRole("option", { name: "safe⟨U+202E⟩exe.gpj" }).click();
      await expect(rowAt(page, 0).getByRole("link")).toHaveText("one");
      await expect(page.getByRole("main").locator("img, script")).toHaveCount(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    });
  });
}
