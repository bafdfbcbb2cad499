// What a person wants to be told of: set once, obeyed at once, everywhere.
import type { Locator, Page } from "@playwright/test";
import { expect, hasCallbacks, test } from "./support/live";
import { hide, show } from "./support/sight";
import { isLive, password, signInAs } from "./support/test";
import { oneCallback, Toasts, toast } from "./support/toasts";

// Several pages, and a server for each test, take their time on a machine that is busy.
test.slow();

const invalid = "Invalid signature – security alert";

async function openPreferences(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Settings" }).first().click();
  await page.getByRole("link", { name: "Preferences" }).click();
  await expect(page.getByRole("heading", { name: "Preferences" })).toBeVisible();
}

async function goBack(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Callbacks" }).first().click();
  await expect(page.getByRole("heading", { name: "Callbacks" })).toBeVisible();
}

const rule = (page: Page, name: string): Locator =>
  page.getByRole("group", { name: `${name} that are toasted` });

async function isSaved(page: Page): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: /^Saved$/ })).toBeVisible();
}

test("a muted source is silent at once, on another device too", async ({ browser, server }) => {
  await server.createAdmin("grace@example.org", password);
  const [desk, phone] = await Promise.all([browser.newContext(), browser.newContext()]);
  const toasts = await Toasts.watch(phone);
  const [here, there] = [await desk.newPage(), await phone.newPage()];
  for (const page of [here, there]) await signInAs(page, "grace@example.org", server.url);

  await openPreferences(here);
  await rule(here, "Sources").getByText("All but").click();
  await here.getByLabel("Name of a source").fill("llm");
  await here.getByLabel("Name of a source").press("Enter");
  await isSaved(here);
  await server.send();
  await hasCallbacks(there, 1);
  await expect(there.getByText("1 unread")).toBeVisible();

  await here.getByRole("button", { name: "Remove llm" }).click();
  await expect(here.getByText("Nothing is named, so nothing is left out.")).toBeVisible();
  await isSaved(here);
  await server.send();
  await hasCallbacks(there, 2);
  // Had the first been toasted, it would stand before this one.
  await expect.poll(() => toasts.titles).toEqual([oneCallback]);
  for (const context of [desk, phone]) await context.close();
});

test("workflows and events by name; what was seen is offered", async ({
  server,
  toasts,
  watching: page,
}) => {
  await server.send("--event", "workflow.failed");
  await expect.poll(() => toasts.titles).toHaveLength(1);
  await openPreferences(page);
  await rule(page, "Events").getByText("Only", { exact: true }).click();
  await expect(page.getByText("Nothing is named, so nothing is toasted.")).toBeVisible();
  await page.getByRole("button", { name: "Add workflow.failed" }).click();
  await isSaved(page);
  await goBack(page);
  await server.send("--event", "workflow.completed");
  await hasCallbacks(page, 2);
  await server.send("--event", "workflow.failed");
  await expect.poll(() => toasts.titles).toHaveLength(2);
});

test("quiet hours are quiet, but for what is forged", async ({
  server,
  toasts,
  watching: page,
}) => {
  await openPreferences(page);
  await page.getByRole("switch", { name: "Be quiet at certain hours" }).check();
  await page.getByLabel("From", { exact: true }).fill("09:00");
  await page.getByLabel("To", { exact: true }).fill("09:00");
  await expect(page.getByText(/^All day, by this device’s clock/)).toBeVisible();
  await isSaved(page);
  await goBack(page);
  await server.send();
  await hasCallbacks(page, 1);
  await server.sendForged();
  await expect.poll(() => toasts.titles).toEqual([invalid]);
});

test("a burst is one toast, and the callbacks of a job are one", async ({
  server,
  toasts,
  watching: page,
}) => {
  await Promise.all([server.sendStep("job-1", "a"), server.sendStep("job-1", "b")]);
  await expect(toast(page, "2 new LLM callbacks received")).toBeVisible();
  await toast(page, "2 new LLM callbacks received")
    .getByRole("button", { name: "Dismiss" })
    .click();
  await server.send("--count", "40");
  await expect(toast(page, /^\d+ new LLM callbacks received$/)).toHaveCount(1);
  await expect(page.getByText("42 unread")).toBeVisible();
  await toast(page, /received$/)
    .getByRole("button", { name: "View details" })
    .click();
  await expect(page).toHaveURL(/viewed=false/);
  expect(toasts.titles.filter((title) => title === oneCallback).length).toBeLessThanOrEqual(1);
});

test("a sound is heard after a click, not before", async ({ context, server, page }) => {
  await context.addInitScript(() => {
    const { prototype } = AudioScheduledSourceNode;
    const { start } = prototype;
    Reflect.set(window, "notes", 0);
    prototype.start = function (this: AudioScheduledSourceNode, ...when) {
      Reflect.set(window, "notes", Reflect.get(window, "notes") + 1);
      start.apply(this, when);
    };
  });
  const notes = () => page.evaluate(() => Reflect.get(window, "notes"));
  await server.createAdmin("grace@example.org", password);
  await signInAs(page, "grace@example.org", server.url);
  await openPreferences(page);
  await page.getByRole("switch", { name: "Play a sound" }).check();
  await isSaved(page);
  await expect.poll(notes).toBe(2);
  await server.send();
  await expect.poll(notes).toBe(4);
  await page.reload();
  await isLive(page);
  await server.send();
  await expect(toast(page, oneCallback)).toBeVisible();
  expect(await notes()).toBe(0);
});

test("out of sight: a badge, the desktop where it may, and no second toast", async ({
  context,
  server,
  toasts,
  page,
  line,
}) => {
  await context.addInitScript(() => {
    const shown: object[] = [];
    Reflect.set(window, "shown", shown);
    const Original = window.Notification;
    window.Notification = class extends Original {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        shown.push({ title, body: options?.body });
        Reflect.set(window, "latest", this);
      }
    };
  });
  await server.createAdmin("grace@example.org", password);
  await signInAs(page, "grace@example.org", line.url);
  await hide(page);
  await server.send("--event", "workflow.failed");
  await expect(page).toHaveTitle(/^\(1\) /);
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", /^data:/);
  expect(toasts.titles).toEqual([]);
  await show(page);
  await expect.poll(() => toasts.titles).toEqual([oneCallback]);
  await expect(page).not.toHaveTitle(/^\(/);
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", "/favicon.svg");

  await openPreferences(page);
  await page.getByRole("switch", { name: /^Notify while/ }).check();
  await expect(page.getByText(/This browser blocks them/)).toBeVisible();
  await context.grantPermissions(["notifications"], { origin: line.url });
  await expect(page.getByText("This browser shows them.")).toBeVisible();
  await hide(page);
  await server.send("--event", "workflow.completed");
  const shown = () => page.evaluate(() => Reflect.get(window, "shown"));
  await expect
    .poll(shown)
    .toEqual([{ title: oneCallback, body: expect.stringMatching(/ – workflow\.completed\n/) }]);
  await show(page);
  await page.evaluate(() => Reflect.get(window, "latest").onclick());
  await expect(page.getByRole("dialog").getByText("workflow.completed").first()).toBeVisible();
  expect(toasts.titles).toEqual([oneCallback]);
});

test("what cannot be saved is said, and not pretended", async ({ line, watching: page }) => {
  await openPreferences(page);
  const sound = page.getByRole("switch", { name: "Play a sound" });
  await expect(sound).toBeVisible();
  line.cut();
  await sound.check({ force: true });
  await expect(page.getByRole("alert")).toHaveText("The server cannot be reached.");
  line.heal();
  await page.reload();
  await isLive(page);
  await expect(sound).not.toBeChecked();
});

test("what another version of the console has set is kept", async ({ line, watching: page }) => {
  const address = `${line.url}/api/me/preferences`;
  const theirs = { theirs: { a: 1 }, sound: { pitch: 440 } };
  const put = await page.request.put(address, { data: theirs });
  expect(put.ok()).toBe(true);
  await openPreferences(page);
  await page.getByRole("switch", { name: "Play a sound" }).check();
  await isSaved(page);
  expect(await (await page.request.get(address)).json()).toMatchObject({
    theirs: { a: 1 },
    sound: { on: true, pitch: 440 },
    version: 1,
  });
});
