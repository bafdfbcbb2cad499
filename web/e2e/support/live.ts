// For tests of what is live: every toast is written down, and the line to the server can fail.
import type { Page } from "@playwright/test";
import { Line } from "./line";
import { rowsOf } from "./list";
import { test as base, expect, signIn } from "./test";
import { Toasts } from "./toasts";

type Fixtures = { toasts: Toasts; line: Line; watching: Page };

export const test = base.extend<Fixtures>({
  toasts: async ({ context }, use) => use(await Toasts.watch(context)),
  line: async ({ server }, use) => {
    const line = await Line.before(() => server.url);
    await use(line);
    await line.close();
  },
  /** Signed in, by way of the line that can fail. */
  watching: async ({ page, server, line, toasts: _ }, use) => {
    await signIn(page, server, line.through(server.signInUrl));
    await use(page);
  },
});

export { expect };

/** What is always shown of the connection. */
export function connection(page: Page) {
  return page.getByRole("button", { name: /^Connection:/ });
}

export async function isState(page: Page, state: RegExp): Promise<void> {
  await expect(connection(page)).toHaveText(state, { timeout: 45_000 });
}

export async function hasCallbacks(page: Page, count: number): Promise<void> {
  await expect(rowsOf(page)).toHaveCount(count, { timeout: 20_000 });
}
