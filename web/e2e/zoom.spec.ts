// At 200 % zoom a desk is 640 pixels wide and half as high, each pixel two: nothing is cut off, and nothing has to be
// scrolled sideways.
import type { Page } from "@playwright/test";
import { isClean } from "./support/axe";
import { addPerson } from "./support/people";
import { expect, signIn, test } from "./support/test";
import { toast } from "./support/toasts";

test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, reducedMotion: "reduce" });

/** What can be read or used and does not lie within the screen from left to right. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isHidden = (element: Element) =>
      element.closest(".sr-only, [hidden], [aria-hidden=true]") !== null ||
      !element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll/.test(getComputedStyle(element).overflowX) &&
      element.scrollWidth > element.clientWidth
        ? true
        : scrolls(element.parentElement));
    const says = (element: Element) =>
      element.matches("button, a, input, select, [role=button]") ||
      Array.from(element.childNodes).some(
        (node) => node.nodeType === 3 && node.textContent?.trim(),
      );
    // Text that is cut short with an ellipsis, as rows of a list have it, ends where its box does.
    const boxOf = (element: Element): Element => {
      const { textOverflow, webkitLineClamp } = getComputedStyle(element);
      const isShort = textOverflow === "ellipsis" || Number(webkitLineClamp) > 0;
      return isShort || element.parentElement === null ? element : boxOf(element.parentElement);
    };
    const shown = (element: Element) => {
      const box = boxOf(element);
      return (box === document.documentElement ? element : box).getBoundingClientRect();
    };
    const out: string[] = [];
    for (const element of Array.from(document.querySelectorAll("body *"))) {
      if (!says(element) || isHidden(element)) continue;
      const { left, right, width, height } = shown(element);
      if (width === 0 || height === 0) continue;
      if (left >= -1 && right <= innerWidth + 1) continue;
      if (!scrolls(element))
        out.push(`${Math.round(left)}–${Math.round(right)}: ${element.outerHTML.slice(0, 200)}`);
    }
    // What lies above everything must fit, or scroll within itself.
    for (const dialog of Array.from(
      document.querySelectorAll("[role=dialog], [role=alertdialog], [role=menu]"),
    )) {
      const { top, bottom } = dialog.getBoundingClientRect();
      if (top < -1 || bottom > innerHeight + 1)
        out.push(`${top}–${bottom}: ${dialog.outerHTML.slice(0, 200)}`);
    }
    return out;
  });
}

async function isWhole(page: Page): Promise<void> {
  await isClean(page);
  expect(await cutOff(page)).toEqual([]);
}

test("every page is whole", async ({ page, server }) => {
  test.slow();
  await page.goto(server.url);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await isWhole(page);
  await signIn(page, server);
  await isWhole(page);
  await addPerson(page, `${"a.long.address.".repeat(3)}x@example.org`, "MEMBER");
  for (const path of [
    "sources/llm",
    "settings/account",
    "settings/appearance",
    "settings/preferences",
    "settings/sessions",
    "settings/tokens",
    "settings/people",
    "settings/system",
    "sources/nobody",
    "settings/nowhere",
    "nowhere",
  ]) {
    await page.goto(`${server.url}/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await isWhole(page);
  }
});

test("the list, its menus, toasts and a window are whole", async ({ page, server }) => {
  test.slow();
  await signIn(page, server);
  // Toasts stay for as long as a pointer rests on them.
  await page.mouse.move(0, 0);
  await server.send("--count", "3", "--event", "workflow.failed");
  await server.sendForged();
  await expect(toast(page, /security alert/)).toBeVisible();
  await isWhole(page);

  const bar = page.getByRole("search");
  await bar.getByRole("button", { name: "Event" }).click();
  await expect(page.getByRole("combobox", { name: "Event" })).toBeFocused();
  await isWhole(page);
  await page.keyboard.press("Escape");
  await bar.getByRole("button", { name: "Received" }).click();
  await expect(page.getByLabel("From")).toBeVisible();
  await isWhole(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Command" })).toBeFocused();
  await isWhole(page);
  await page.keyboard.press("Escape");

  await page.getByRole("checkbox", { name: "Select all shown" }).check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await isWhole(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear the selection" }).click();

  await page.getByRole("row").last().getByRole("link").click();
  await expect(page.getByRole("dialog").getByRole("tree")).toBeVisible();
  await isWhole(page);
});
