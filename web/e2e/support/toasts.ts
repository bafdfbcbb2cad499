// Writes down every toast that appears, in any tab of a browser, also across reloads: a toast that was
// shown and went away again is one that a person may have seen.
import type { BrowserContext, Page } from "@playwright/test";

export class Toasts {
  private readonly seen: string[] = [];

  /** To be called before the pages are opened. */
  static async watch(context: BrowserContext): Promise<Toasts> {
    const toasts = new Toasts();
    await context.exposeFunction("reportToast", (title: string) => toasts.seen.push(title));
    await context.addInitScript(() => {
      const report = (node: Node) => {
        if (!(node instanceof Element)) return;
        const cards = "[data-sonner-toast] [role=group]";
        const within = Array.from(node.querySelectorAll(cards));
        const all = node.matches(cards) ? [node, ...within] : within;
        for (const card of all) Reflect.get(window, "reportToast")(card.getAttribute("aria-label"));
      };
      new MutationObserver((changes) => {
        for (const change of changes) change.addedNodes.forEach(report);
      }).observe(document, { childList: true, subtree: true });
    });
    return toasts;
  }

  get titles(): string[] {
    return this.seen;
  }
}

/** The toasts that are on screen, by what they say. */
export function toast(page: Page, name: RegExp | string) {
  return page.getByRole("group", { name });
}

export const oneCallback = "New LLM callback received";
