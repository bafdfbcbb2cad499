// The list of callbacks as tests look at it.
import type { Locator, Page } from "@playwright/test";

/** The rows below the head, in order. */
export function rowsOf(page: Page): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("link") });
}

/** Where a row lies, whatever exists of the list. */
export function rowAt(page: Page, place: number): Locator {
  return page.locator(`[role=row][aria-rowindex="${place + 2}"]`);
}

/** As a wheel does: the list scrolls, and the page does not. */
export async function scrollList(page: Page, to: "top" | "end" | number): Promise<void> {
  await page.getByRole("grid", { name: "Callbacks" }).evaluate((grid, target) => {
    const box = grid.parentElement;
    if (box === null) throw new Error("the list has no box");
    box.scrollTop = target === "top" ? 0 : target === "end" ? box.scrollHeight : Number(target);
  }, to);
}

export async function scrolledTo(page: Page): Promise<number> {
  return page
    .getByRole("grid", { name: "Callbacks" })
    .evaluate((grid) => grid.parentElement?.scrollTop ?? 0);
}
