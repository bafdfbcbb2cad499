// The test function of these tests: a server of its own for each test, stopped whatever happens, and a
// browser that is signed in by the server's one-time link. A page that breaks the content security
// policy or throws fails its test.
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { type Prepared, Server } from "./server";

type Fixtures = {
  /** Settings of the server, as its environment. */
  settings: Record<string, string>;
  server: Server;
  faults: string[];
  signedIn: Page;
};

export const test = base.extend<Fixtures, { prepared: Prepared }>({
  prepared: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern what a fixture needs.
    async ({}, use) => {
      const prepared = await Server.prepare();
      await use(prepared);
      await prepared.remove();
    },
    { scope: "worker" },
  ],
  settings: [{}, { option: true }],
  server: async ({ prepared, settings }, use) => {
    const server = await Server.start(prepared, settings);
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

export async function signIn(
  page: Page,
  server: Server,
  address = server.signInUrl,
): Promise<void> {
  await page.goto(address);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Callbacks" })).toBeVisible();
  await isLive(page);
}

export const password = "correct horse battery staple";

export async function signInAs(page: Page, email: string, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
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
