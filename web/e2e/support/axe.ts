// axe's judgement of the page as it is.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export async function isClean(page: Page): Promise<void> {
  // A page that is still being loaded has nothing to judge.
  await expect(page.locator("h1").first()).toBeAttached();
  // Judged when it is still: a fade in progress has less contrast than what it becomes. What moves for ever, such as
  // the sign of loading, is not waited for.
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    return Promise.allSettled(ending.map((each) => each.finished));
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  // Nothing is wider than the screen.
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
}
