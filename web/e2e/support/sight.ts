// Lets a test hide a tab. A browser without windows shows all of its tabs at once, so what a page is told
// about itself is told by the test.
import type { Page } from "@playwright/test";

export async function hide(page: Page): Promise<void> {
  await setHidden(page, true);
}

export async function show(page: Page): Promise<void> {
  await setHidden(page, false);
}

async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => (isHidden ? "hidden" : "visible"),
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
