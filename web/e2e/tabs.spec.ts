// One stream for a whole browser, however many tabs, with a SharedWorker and without.
import type { BrowserContext, Page } from "@playwright/test";
import { rowsOf } from "./support/list";
import { connection, expect, hasCallbacks, isState, test } from "./support/live";
import { hide, show } from "./support/sight";
import { isLive, password, signIn, signInAs } from "./support/test";
import { oneCallback, toast } from "./support/toasts";

// Several pages take their time on a machine that is busy.
test.slow();

async function open(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await isLive(page);
  return page;
}

async function withoutWorkers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, "SharedWorker"));
}

for (const way of ["a SharedWorker", "a leading tab"] as const) {
  test.describe(`by ${way}`, () => {
    test.beforeEach(async ({ context }) => {
      if (way === "a leading tab") await withoutWorkers(context);
    });

    test("three tabs share a stream, and one of them toasts, once for ever", async ({
      context,
      server,
      line,
      toasts,
      watching: page,
    }) => {
      const others = [await open(context, line.url), await open(context, line.url)];
      expect(line.openStreams).toBe(1);
      await server.send();
      for (const tab of [page, ...others]) {
        await hasCallbacks(tab, 1);
        await expect(tab.getByText("1 unread")).toBeVisible();
      }
      await expect.poll(() => toasts.titles).toEqual([oneCallback]);
      for (const tab of [page, ...others]) {
        await tab.reload();
        await isLive(tab);
      }
      await open(context, line.url);
      // Another callback proves that the first would have been announced by now.
      await server.send();
      await expect.poll(() => toasts.titles).toEqual([oneCallback, oneCallback]);
      expect(line.openStreams).toBe(1);
    });

    test("what is viewed in one tab is viewed in all, and its toast goes", async ({
      context,
      server,
      line,
      watching: page,
    }) => {
      const other = await open(context, line.url);
      await server.send();
      const [toasted, silent] = await whoToasts(page, other);
      await rowsOf(silent).getByRole("link").first().click();
      await expect(silent.getByRole("dialog")).toBeVisible();
      await expect(toasted.getByText("all viewed", { exact: true })).toBeVisible();
      await expect(toast(toasted, oneCallback)).toHaveCount(0);
    });

    test("the tab that was opened first is closed, and the others go on", async ({
      context,
      server,
      line,
      toasts,
      watching: first,
    }) => {
      const others = [await open(context, line.url), await open(context, line.url)];
      await first.close();
      await server.send("--count", "2");
      for (const tab of others) {
        await hasCallbacks(tab, 2);
        await isLive(tab);
      }
      await expect.poll(() => toasts.titles).toEqual([oneCallback, oneCallback]);
      expect(line.openStreams).toBe(1);
    });
  });
}

test.describe("a leading tab", () => {
  test.beforeEach(({ context }) => withoutWorkers(context));

  test("that nobody sees gives the lead to one that is looked at", async ({
    context,
    server,
    line,
    toasts,
    watching: first,
  }) => {
    const second = await open(context, line.url);
    const before = line.count("/stream");
    await hide(second);
    await hide(first);
    await show(second);
    await expect.poll(() => line.count("/stream")).toBe(before + 1);
    await isLive(second);
    await server.send();
    await hasCallbacks(second, 1);
    await hasCallbacks(first, 1);
    await expect(toast(second, oneCallback)).toBeVisible();
    expect(line.openStreams).toBe(1);
    expect(toasts.titles).toEqual([oneCallback]);
  });

  test("that goes offline says so, and comes back", async ({ context, server, watching: page }) => {
    await context.setOffline(true);
    await isState(page, /Reconnecting|Retry/);
    await server.send();
    await context.setOffline(false);
    await isLive(page);
    await hasCallbacks(page, 1);
  });

  test("on a machine that slept opens another stream when it wakes up", async ({
    page,
    server,
    line,
  }) => {
    await page.clock.install();
    await signIn(page, server, line.through(server.signInUrl));
    line.silenceStreams();
    await server.send();
    line.heal();
    await page.clock.fastForward("02:00:00");
    await hasCallbacks(page, 1);
    await isLive(page);
    expect(line.openStreams).toBe(1);
  });
});

test("a worker that the browser has ended is replaced when somebody looks", async ({
  browser,
  context,
  server,
  line,
  watching: page,
}) => {
  const cdp = await browser.newBrowserCDPSession();
  const { targetInfos } = await cdp.send("Target.getTargets");
  const worker = targetInfos.find(({ type }) => type === "shared_worker");
  if (worker === undefined) throw new Error("there is no worker to end");
  await cdp.send("Target.closeTarget", { targetId: worker.targetId });
  await expect.poll(() => line.openStreams).toBe(0);
  await server.send();
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await hasCallbacks(page, 1);
  await isLive(page);
  await open(context, line.url);
  expect(line.openStreams).toBe(1);
});

test("two browsers of one person are in step, and each toasts for itself", async ({
  browser,
  server,
  signedIn: page,
}) => {
  await server.createAdmin("grace@example.org", password);
  const contexts = [await browser.newContext(), await browser.newContext()];
  const pages = await Promise.all(
    contexts.map(async (context) => {
      const mine = await context.newPage();
      await signInAs(mine, "grace@example.org", server.url);
      return mine;
    }),
  );
  await server.send();
  for (const each of [page, ...pages]) await expect(toast(each, oneCallback)).toBeVisible();
  const [here, there] = pages as [Page, Page];
  await toast(here, oneCallback).getByRole("button", { name: "View details" }).click();
  await expect(here.getByRole("dialog")).toBeVisible();
  await expect(there.getByText("all viewed", { exact: true })).toBeVisible();
  await expect(toast(there, oneCallback)).toHaveCount(0);
  await expect(page.getByText("1 unread")).toBeVisible();
  await expect(connection(page)).toHaveText(/Live/);
  for (const context of contexts) await context.close();
});

async function whoToasts(one: Page, other: Page): Promise<[Page, Page]> {
  const counts = () => Promise.all([one, other].map((page) => toast(page, oneCallback).count()));
  await expect.poll(async () => (await counts()).toSorted()).toEqual([0, 1]);
  return (await counts())[0] === 1 ? [one, other] : [other, one];
}
