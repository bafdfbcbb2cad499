// The window of a callback: where it lies, what can be done in it, and how several get along.
import type { Locator, Page } from "@playwright/test";
import { isClean } from "./support/axe";
import { looks } from "./support/looks";
import { addPerson, signInAs } from "./support/people";
import { expect, isLive, signIn, test } from "./support/test";

const payload = (job: string, members: object = {}) => ({
  event: "workflow.completed",
  job_id: job,
  status: "completed",
  ...members,
});

async function open(page: Page, job: string): Promise<Locator> {
  await page.getByRole("row").filter({ hasText: job }).getByRole("link").click();
  const details = page.getByRole("dialog", { name: new RegExp(job) });
  await expect(details.getByRole("tree")).toBeVisible();
  return details;
}

async function boxOf(details: Locator) {
  const box = await details.boundingBox();
  if (box === null) throw new Error("the window is not on the screen");
  return { ...box, right: box.x + box.width, bottom: box.y + box.height };
}

async function drag(page: Page, from: [number, number], by: [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(from[0] + by[0], from[1] + by[1], { steps: 4 });
  // As a hand does: let go of what is seen.
  await page.evaluate(() => new Promise(requestAnimationFrame).then(() => null));
  await page.mouse.up();
}

test("it is where it was again when the screen has been small for a while", async ({
  page,
  server,
}) => {
  await server.sendPayload(payload("job-1"));
  await signIn(page, server);
  const details = await open(page, "job-1");
  const before = await boxOf(details);
  expect(before.width).toBeGreaterThanOrEqual(600);
  for (const width of [320, 700]) {
    await page.setViewportSize({ width, height: 480 });
    await expect.poll(async () => (await boxOf(details)).right).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(() => boxOf(details)).toEqual(before);
});

test("it is moved by its bar and resized from every edge", async ({ page, server }) => {
  // Before anybody looks, so that no toast lies in the way.
  await server.sendPayload(payload("job-1"));
  await signIn(page, server);
  const details = await open(page, "job-1");
  const first = await boxOf(details);
  expect(first.width).toBeGreaterThanOrEqual(600);
  await drag(page, [first.x + 200, first.y + 20], [-150, 5]);
  const moved = await boxOf(details);
  expect([moved.x, moved.y]).toEqual([first.x - 150, first.y + 5]);
  expect(moved.width).toBe(first.width);

  const edges = [
    { at: [0, 0.5], by: [40, 0], changed: { x: 40 } },
    { at: [1, 0.5], by: [-30, 0], changed: { right: -30 } },
    { at: [0.5, 0], by: [0, 30], changed: { y: 30 } },
    { at: [0.5, 1], by: [0, -40], changed: { bottom: -40 } },
    { at: [0, 0], by: [-10, 10], changed: { x: -10, y: 10 } },
    { at: [1, 0], by: [10, -10], changed: { right: 10, y: -10 } },
    { at: [0, 1], by: [-10, -10], changed: { x: -10, bottom: -10 } },
    { at: [1, 1], by: [-10, 10], changed: { right: -10, bottom: 10 } },
  ] as const;
  for (const { at, by, changed } of edges) {
    const before = await boxOf(details);
    await drag(page, [before.x + at[0] * before.width, before.y + at[1] * before.height], [...by]);
    const after = await boxOf(details);
    for (const side of ["x", "y", "right", "bottom"] as const) {
      const wanted = before[side] + (Reflect.get(changed, side) ?? 0);
      expect(Math.round(after[side]), `${side} after the edge ${at}`).toBe(Math.round(wanted));
    }
  }
  // Never narrower than it can be used, never beyond the screen.
  const last = await boxOf(details);
  await drag(page, [last.right, last.y + 100], [-600, 0]);
  expect((await boxOf(details)).width).toBe(600);
  await drag(page, [last.x + 200, last.y + 20], [-2000, -2000]);
  const corner = await boxOf(details);
  expect([corner.x, corner.y]).toEqual([0, 0]);
});

test("it is maximised by a double-click and by key, and put aside and taken back", async ({
  server,
  signedIn: page,
}) => {
  await server.sendPayload(payload("job-1"));
  const details = await open(page, "job-1");
  const small = await boxOf(details);
  const heading = details.getByRole("heading", { name: /job-1/ });
  await heading.dblclick();
  await expect.poll(async () => (await boxOf(details)).width).toBe(1280);
  await heading.dblclick();
  await expect.poll(async () => (await boxOf(details)).width).toBe(small.width);
  await details.getByRole("button", { name: "Maximise" }).press("Enter");
  await expect.poll(async () => (await boxOf(details)).height).toBe(800);
  await details.getByRole("button", { name: "Restore size" }).press("Enter");

  const mover = details.getByRole("button", { name: /^Move/ });
  await mover.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowUp");
  const moved = await boxOf(details);
  expect(moved.x).toBeLessThan(small.x);
  expect(moved.width).toBeGreaterThan(small.width);
  expect(moved.height).toBeLessThan(small.height);

  await details.getByRole("button", { name: "Minimise" }).press("Enter");
  await expect(details).toHaveCount(0);
  await page.reload();
  const dock = page.getByRole("region", { name: "Minimised windows" });
  await dock.getByRole("button", { name: "Restore window job-1" }).click();
  await expect(details.getByRole("tree")).toBeVisible();
  await expect(details).toBeFocused();
  await details.getByRole("button", { name: "Minimise" }).click();
  await dock.getByRole("button", { name: "Close window job-1" }).click();
  await expect(dock).toHaveCount(0);
  await expect(page).toHaveURL(/\/$/);
});

test("several are open at once, and close from the front", async ({ server, signedIn: page }) => {
  for (const job of ["job-1", "job-2"]) await server.sendPayload(payload(job));
  const first = await open(page, "job-1");
  await page.getByRole("row").filter({ hasText: "job-2" }).getByRole("link").focus();
  await page.keyboard.press("Enter");
  const second = page.getByRole("dialog", { name: /job-2/ });
  await expect(second).toBeFocused();
  await expect(first).toBeVisible();
  // The bar of the one behind stays in reach.
  await first.getByRole("heading", { name: /job-1/ }).click();
  await expect(page).toHaveURL(/open=/);
  await expect(first).toBeFocused();
  await page.reload();
  for (const details of [first, second]) await expect(details.getByRole("tree")).toBeVisible();
  await first.focus();
  await page.keyboard.press("Escape");
  await expect(first).toHaveCount(0);
  await expect(second).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("everything that is known about a callback is in its window", async ({
  context,
  server,
  signedIn: page,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const body = {
    ...payload("job-1", { event: "workflow.failed", status: "failed" }),
    workflow_name: "weekly_report",
    error_message: `It failed. ${"And how. ".repeat(100)}`,
    duration_ms: 91_000,
    cost_data: { cost_usd: 0.0513, total_tokens: 4_631 },
  };
  for (const _ of ["first", "again"]) await server.sendPayload(body);
  const details = await open(page, "job-1");
  const field = (name: string) =>
    details
      .locator("dt", { hasText: new RegExp(`^${name}$`) })
      .locator("xpath=following-sibling::dd");
  const expected: [string, string | RegExp][] = [
    ["Callback id", "job-1"],
    ["Status", "error"],
    ["Error message", /^It failed\. And how\./],
    ["Signature", /Valid/],
    ["Event", "workflow.failed"],
    ["Workflow", "weekly_report"],
    ["Job", "job-1"],
    ["Received", /\d\d:\d\d:\d\d\.\d{3}/],
    ["Verified", /\d\d:\d\d:\d\d\.\d{3}/],
    ["Updated", /\d\d:\d\d:\d\d\.\d{3}/],
    ["Source", "llm"],
    ["Deliveries", "2"],
    ["Cost", "$0.0513"],
    ["Tokens", "4,631"],
    ["Duration", "1 min 31 s"],
    ["Signature header", /^sha256=[0-9a-f]{64}/],
  ];
  for (const [name, value] of expected) await expect(field(name), name).toHaveText(value);
  await details.getByRole("button", { name: /Show more/ }).click();
  await expect(field("Error message")).toContainText("And how. Show less");

  await details.getByRole("button", { name: "Copy signature header" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^sha256=\w{64}$/);
  await details.getByText(/^Request headers/).click();
  await expect(details.getByText("x-webhook-event")).toBeVisible();
  await expect(field("x-webhook-event")).toHaveText("workflow.failed");
  await field("Job").getByRole("link").click();
  await expect(page).toHaveURL(/job=job-1/);
  await expect(details).toBeVisible();
});

test("the job's other callbacks are in its timeline, also those that come later", async ({
  server,
  signedIn: page,
}) => {
  const step = (name: string, ms: number, cost: number) => ({
    ...payload("job-1", { event: "llm.step.completed", step_id: name }),
    duration_ms: ms,
    cost_usd: cost,
  });
  await server.sendPayload(step("one", 1_500, 0.01));
  await server.sendPayload(step("two", 3_000, 0.04));
  const rows = page.getByRole("row").filter({ hasText: "job-1" });
  await expect(rows).toHaveCount(2);
  await rows.last().getByRole("link").click();
  const windows = page.getByRole("dialog");
  const timeline = windows.first().getByRole("region", { name: "Job timeline" });
  await expect(timeline.getByRole("link")).toHaveCount(2);
  await expect(timeline.getByRole("link").nth(0)).toHaveAttribute("aria-current", "true");
  await expect(timeline.getByRole("link").nth(0)).toContainText("1.5 s");
  await expect(timeline.getByRole("link").nth(1)).toContainText("$0.0400");
  const bars = timeline.locator("[aria-hidden] > span");
  const widths = () =>
    bars.evaluateAll((all) =>
      all.map((bar) => Math.round((100 * bar.clientWidth) / (bar.parentElement?.clientWidth ?? 1))),
    );
  await expect.poll(widths).toEqual([50, 25, 100, 100]);

  await server.sendPayload({ ...payload("job-1"), duration_ms: 6_000 });
  await expect(timeline.getByRole("link")).toHaveCount(3);
  await timeline.getByRole("link", { name: "workflow.completed" }).click();
  await expect(windows).toHaveCount(2);
  await expect(windows.filter({ hasText: '"status"' }).or(windows.last())).toBeVisible();
  await expect(page.getByRole("dialog", { name: /workflow\.completed/ })).toBeFocused();
});

test("one goes on to the newer and the older callback", async ({ server, signedIn: page }) => {
  for (const job of ["job-1", "job-2", "other", "job-3"]) {
    await server.sendPayload(payload(job, { workflow_name: job === "other" ? "b" : "a" }));
  }
  await page.goto(new URL("/?workflow=a", server.url).href);
  const details = await open(page, "job-2");
  await details.getByRole("button", { name: "Maximise" }).click();
  const now = (job: string) => page.getByRole("dialog", { name: new RegExp(job) });
  await details.getByRole("button", { name: "Newer callback" }).click();
  await expect(now("job-3").getByRole("tree")).toBeVisible();
  // It is the same window, as it was.
  await expect(page.getByRole("dialog")).toHaveCount(1);
  await expect(now("job-3").getByRole("button", { name: "Restore size" })).toBeVisible();
  await now("job-3").getByRole("button", { name: "Newer callback" }).click();
  await expect(page.getByText("There is no newer callback in this list.")).toBeVisible();
  for (const job of ["job-2", "job-1"]) {
    await page.getByRole("dialog").getByRole("button", { name: "Older callback" }).click();
    await expect(now(job).getByRole("tree")).toBeVisible();
  }
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/\?workflow=a$/);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("a window fills the screen, and hostile names do not break it", async ({
    server,
    signedIn: page,
  }) => {
    const hostile = `<img src=x onerror=alert(1)>\u202E${"W".repeat(300)}`;
    await server.sendPayload(
      payload(hostile, {
        event: `<script>${"e".repeat(200)}`,
        workflow_name: `👩‍👩‍👧‍👦\u200b${"w".repeat(200)}`,
        error_message: "m".repeat(5_000),
        status: "failed",
        ["n".repeat(500)]: "v".repeat(5_000),
      }),
    );
    await page.getByRole("link", { name: /img src/ }).click();
    const details = page.getByRole("dialog");
    await expect(details.getByRole("tree")).toBeVisible();
    expect(await details.boundingBox()).toEqual({ x: 0, y: 0, width: 320, height: 640 });
    await expect(details.getByRole("button", { name: "Minimise" })).toHaveCount(0);
    const widest = await details.evaluate((element) =>
      Math.max(
        ...Array.from(element.querySelectorAll("section, dl, div"), (each) => each.scrollWidth),
      ),
    );
    expect(widest).toBeLessThanOrEqual(320);
    await expect(details.getByRole("heading", { name: /⟨U\+202E⟩WWW/ })).toBeVisible();
    await details.getByRole("button", { name: "Close", exact: true }).click();
    await expect(details).toHaveCount(0);
  });
});

test("a callback that is deleted says so in its window, and leaves the others", async ({
  context,
  server,
  signedIn: page,
}) => {
  for (const step of ["one", "two"]) await server.sendPayload(payload("job-1", { step }));
  const rows = page.getByRole("row").filter({ hasText: "job-1" });
  await expect(rows).toHaveCount(2);
  await rows.last().getByRole("link").click();
  const details = page.getByRole("dialog");
  await expect(details.getByRole("link", { name: /workflow/ })).toHaveCount(2);
  const address = page.url();

  const twin = await context.newPage();
  await twin.goto(address);
  const other = twin.getByRole("dialog");
  await expect(other.getByRole("tree")).toBeVisible();
  await details
    .getByRole("link", { name: /workflow/ })
    .last()
    .click();
  await expect(details).toHaveCount(2);
  // From a window that is not in front, which comes there by it.
  await details.first().getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const question = page.getByRole("alertdialog", { name: "Delete this callback?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(details).toHaveCount(2);
  const timeline = details.first().getByRole("region", { name: "Job timeline" });
  await timeline.getByRole("link").last().click();
  await details.last().getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(details).toHaveCount(1);
  await expect(rows).toHaveCount(1);
  // Of two callbacks of a job one is left, and so no timeline.
  for (const left of [details, other]) {
    await expect(left.getByRole("tree")).toBeVisible();
    await expect(left.getByRole("region", { name: "Job timeline" })).toHaveCount(0);
  }

  await other.getByRole("button", { name: "Copy payload" }).focus();
  await details.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(other.getByText("This callback has been deleted")).toBeVisible();
  // The focus was on something that is gone, and the keys still work.
  await expect(other).toBeFocused();
  await twin.goto(address);
  await expect(other.getByText("This callback is not there")).toBeVisible();
  await twin.keyboard.press("Escape");
  await expect(other).toHaveCount(0);
  for (const nothing of ["01970000-0000-7000-8000-000000000000", "no-id", "%3Cb%3E"]) {
    await twin.goto(new URL(`/callbacks/${nothing}`, server.url).href);
    await expect(other.getByText("This callback is not there")).toBeVisible();
  }
});

test("a member has windows of their own callbacks, and deletes none", async ({
  browser,
  server,
  signedIn: page,
}) => {
  await addPerson(page, "mia@example.org", "MEMBER");
  const member = await signInAs(browser, server, "mia@example.org");
  const me = await (await member.request.get(`${server.url}/api/auth/me`)).json();
  await server.sendPayload(payload("not-hers"));
  await server.sendPayload(payload("hers-1", { user_id: me.id, secret: "in the payload" }));
  await server.sendPayload(payload("hers-2", { user_id: me.id }));
  const details = await open(member, "hers-1");
  await expect(details.getByText("in the payload")).toBeVisible();
  await details.getByRole("button", { name: "Bytes" }).click();
  await expect(details.getByText(/^000000/)).toBeVisible();
  await details.getByRole("button", { name: "Newer callback" }).click();
  await expect(member.getByRole("dialog", { name: /hers-2/ })).toBeVisible();
  await member.getByRole("dialog").getByRole("button", { name: "More actions" }).click();
  await expect(member.getByRole("menuitem", { name: "Copy link" })).toBeVisible();
  await expect(member.getByRole("menuitem", { name: "Delete…" })).toHaveCount(0);
  await member.keyboard.press("Escape");

  await open(page, "not-hers");
  await member.goto(page.url());
  await expect(member.getByText("This callback is not there")).toBeVisible();
  await member.context().close();
});

for (const { name, colorScheme, width } of looks) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });

    test("a window is clean in every state", async ({ server, signedIn: page }) => {
      test.slow();
      const story = "A long line of the story.\n".repeat(100);
      for (const step of ["one", "two"]) {
        await server.sendPayload(payload("job-1", { step, story, list: [1, null, true, {}] }));
      }
      await page.getByRole("link", { name: "job-1" }).last().click();
      const details = page.getByRole("dialog");
      await expect(details.getByRole("tree")).toBeVisible();
      await details.getByText(/^Request headers/).click();
      await details.getByRole("button", { name: "Expand all" }).click();
      await details.getByRole("searchbox").fill("story");
      await expect(details.getByText(/1 of 101/)).toBeVisible();
      await isClean(page);
      await details.getByRole("button", { name: "Bytes" }).click();
      await details.getByRole("button", { name: "More actions" }).click();
      await isClean(page);
      await page.goto(new URL("/callbacks/no-id", server.url).href);
      await expect(details.getByText("This callback is not there")).toBeVisible();
      await isClean(page);
      await page.keyboard.press("Escape");
      await isLive(page);
      await server.sendForged();
      const toast = page.getByRole("listitem").filter({ hasText: "security alert" });
      await toast.getByRole("button", { name: "View details" }).click();
      await expect(details.getByText("None of the known causes", { exact: true })).toBeVisible();
      await details.getByRole("button", { name: "Raw" }).click();
      await isClean(page);
    });
  });
}
