// The stream comes back by itself, whatever took it away: nothing is missed, and nothing toasted twice.
import { connection, expect, hasCallbacks, isState, test } from "./support/live";
import { isLive } from "./support/test";
import { oneCallback, toast } from "./support/toasts";

test("a network that is cut and mended", async ({ server, line, toasts, watching: page }) => {
  await server.send();
  await hasCallbacks(page, 1);
  await expect(toast(page, oneCallback)).toHaveCount(1);
  line.cut();
  await isState(page, /Reconnecting in \d+ s/);
  await server.send("--count", "2");
  line.heal();
  await page.getByRole("button", { name: "Reconnect now" }).click();
  await isLive(page);
  await hasCallbacks(page, 3);
  await expect(page.getByText("3 unread")).toBeVisible();
  await expect.poll(() => toasts.titles).toEqual([oneCallback, oneCallback, oneCallback]);
});

test("a server that restarts", async ({ server, toasts, watching: page }) => {
  await server.send();
  await hasCallbacks(page, 1);
  await expect.poll(() => toasts.titles).toHaveLength(1);
  await server.restart(() => isState(page, /Reconnecting/));
  await server.send("--count", "2");
  await isLive(page);
  await hasCallbacks(page, 3);
  await expect.poll(() => toasts.titles).toHaveLength(3);
  await expect(page.getByText("3 unread")).toBeVisible();
});

for (const status of [503, 404]) {
  test(`streams that are answered ${status}: polling, until they can be had`, async ({
    server,
    line,
    toasts,
    watching: page,
  }) => {
    line.refuseStreams(status);
    await isState(page, /Polling every 10 s/);
    await server.send();
    await hasCallbacks(page, 1);
    await expect(page.getByText("1 unread")).toBeVisible();
    await expect(toast(page, oneCallback)).toHaveCount(1);
    line.heal();
    await page.getByRole("button", { name: "Reconnect now" }).click();
    await isLive(page);
    const polls = line.count("/check");
    await server.send();
    await hasCallbacks(page, 2);
    await expect.poll(() => toasts.titles).toEqual([oneCallback, oneCallback]);
    expect(line.count("/check")).toBe(polls);
  });
}

test("a stream that says nothing any more is found when somebody looks", async ({
  server,
  line,
  toasts,
  watching: page,
}) => {
  line.silenceStreams();
  await server.send();
  line.heal();
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await hasCallbacks(page, 1);
  await isLive(page);
  await expect.poll(() => toasts.titles).toEqual([oneCallback]);
  expect(line.openStreams).toBe(1);
});

test("a stream whose head comes through and nothing else", async ({
  server,
  line,
  watching: page,
}) => {
  line.silenceStreams();
  line.endStreams();
  // Three attempts, each given up after a silence that no working stream keeps.
  test.slow();
  await expect(connection(page)).toHaveText(/Polling/, { timeout: 120_000 });
  await server.send();
  await hasCallbacks(page, 1);
});

for (const way of ["streams", "polls"] as const) {
  test(`a cursor that means nothing any more, told by ${way}: everything is loaded again`, async ({
    server,
    line,
    toasts,
    watching: page,
  }) => {
    await server.send();
    await expect.poll(() => toasts.titles).toHaveLength(1);
    await page.evaluate(moveFarAhead);
    await page.goto("about:blank");
    if (way === "polls") line.refuseStreams(503);
    await page.goto(line.url);
    await isState(page, way === "polls" ? /Polling every 10 s/ : /Live/);
    await hasCallbacks(page, 1);
    await server.send();
    await hasCallbacks(page, 2);
    await expect.poll(() => toasts.titles).toHaveLength(2);
  });
}

test("a stream that was cut off because it read too slowly goes on where it was", async ({
  server,
  line,
  toasts,
  watching: page,
}) => {
  await server.send();
  await hasCallbacks(page, 1);
  line.sayBye("slow");
  await isState(page, /Reconnecting/);
  await server.send("--count", "2");
  await isLive(page);
  await hasCallbacks(page, 3);
  await expect(page.getByText("3 unread")).toBeVisible();
  await expect.poll(() => toasts.titles).toEqual([oneCallback, oneCallback, oneCallback]);
});

test.describe("a short life of streams", () => {
  // More than the ten seconds from which on a stream counts as one that lasted.
  test.use({ settings: { CALLBACKD_STREAM_MAX_AGE: "14s" } });

  test("a stream that ends at a certain age is followed by another, and nobody notices", async ({
    server,
    line,
    watching: page,
  }) => {
    const opened = line.count("/stream");
    const shown: string[] = [];
    await page.exposeFunction("reportState", (text: string) => shown.push(text));
    await connection(page).evaluate((element) => {
      const report = () => Reflect.get(window, "reportState")(element.textContent);
      new MutationObserver(report).observe(element, { subtree: true, characterData: true });
    });
    await expect.poll(() => line.count("/stream"), { timeout: 40_000 }).toBeGreaterThan(opened);
    await isLive(page);
    await server.send();
    await hasCallbacks(page, 1);
    expect(shown.filter((text) => /Reconnecting/.test(text))).toEqual([]);
  });
});

/** In the page: what was seen and toasted lies where no callback will be for long. */
async function moveFarAhead() {
  const asked = indexedDB.open("callbackd");
  await new Promise((resolve) => asked.addEventListener("success", resolve));
  const table = asked.result.transaction("positions", "readwrite").objectStore("positions");
  const keys = table.getAllKeys();
  await new Promise((resolve) => keys.addEventListener("success", resolve));
  const far = { seen: "99999999", toasted: "99999999", savedAtMs: Date.now() };
  for (const key of keys.result) table.put(far, key);
  await new Promise((resolve) => table.transaction.addEventListener("complete", resolve));
  asked.result.close();
}
