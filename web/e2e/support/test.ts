// The test function of these tests: a server of its own for each test, stopped whatever happens, and a
// browser that is signed in by the server's one-time link. A page that breaks the content security
// policy or throws fails its test.
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { Server } from "./server";

type Fixtures = { server: Server; faults: string[]; signedIn: Page };

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names it must provide from it
  server: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
  faults: [
    async ({ context }, use) => {
      const faults: string[] = [];
      await watch(context, faults);
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
  signedIn: async ({ page, server }, use) => {
    await signIn(page, server);
    await use(page);
  },
});

export { expect };

export async function signIn(page: Page, server: Server): Promise<void> {
  await page.goto(server.signInUrl);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Callbacks" })).toBeVisible();
  await isLive(page);
}

export async function isLive(page: Page): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: /^Live$/ })).toBeAttached({
    timeout: 45_000,
  });
}

async function watch(context: BrowserContext, faults: string[]): Promise<void> {
  await context.exposeFunction("reportFault", (text: string) => faults.push(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      Reflect.get(window, "reportFault")(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  context.on("weberror", (error) => faults.push(`page: ${error.error().message}`));
}
