// A callback is sent again from its window: to an address of the settings, or to a terminal that forwards.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { Page } from "@playwright/test";
import { isClean } from "./support/axe";
import { looks } from "./support/looks";
import { test as base, expect } from "./support/test";

/** Somebody's server, which answers each request with the next of these. */
class Receiver {
  readonly bodies: string[] = [];
  private readonly server: HttpServer;

  constructor(answers: [number, string][]) {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        this.bodies.push(body);
        const [status, text] = answers[this.bodies.length - 1] ?? [200, "taken"];
        response.writeHead(status).end(text);
      });
    });
  }

  async listen(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    return `http://127.0.0.1:${address.port}/hooks`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const test = base.extend<{ receiver: Receiver }>({
  // biome-ignore lint/correctness/noEmptyPattern: a fixture takes its dependencies from an object
  receiver: async ({}, use) => {
    const receiver = new Receiver([
      [200, "thank you"],
      [500, "<b>it broke</b>"],
    ]);
    await receiver.listen();
    await use(receiver);
    receiver.close();
  },
  settings: async ({ receiver }, use) => use({ CALLBACKD_REPLAY_URLS: receiver.url }),
});

const payload = { event: "workflow.completed", job_id: "job-1", status: "completed" };

async function openDetails(page: Page) {
  await page.getByRole("row").filter({ hasText: "job-1" }).getByRole("link").click();
  const details = page.getByRole("dialog", { name: /job-1/ });
  await expect(details.getByRole("tree")).toBeVisible();
  return details;
}

test("an address of the settings gets it again, and its answers are listed", async ({
  server,
  receiver,
  signedIn: page,
}) => {
  await server.sendPayload(payload);
  const details = await openDetails(page);
  const section = details.getByRole("region", { name: "Sent again" });
  await section.getByRole("button", { name: "Replay" }).click();
  const attempts = section.getByRole("list", { name: "Attempts" }).getByRole("listitem");
  await expect(attempts).toHaveText([/^200.*thank you.*by admin@localhost$/]);
  await section.getByRole("button", { name: "Replay" }).click();
  await expect(attempts).toHaveText([/^500.*<b>it broke<\/b>/, /^200/]);
  expect(receiver.bodies).toEqual([JSON.stringify(payload), JSON.stringify(payload)]);
});

test.describe("without an address", () => {
  test.use({ settings: {} });

  test("a terminal that forwards is a target as long as it is there", async ({
    server,
    receiver,
    signedIn: page,
  }) => {
    await server.sendPayload(payload);
    const details = await openDetails(page);
    await expect(details.getByRole("button", { name: "Replay" })).toHaveCount(0);
    const tail = await server.tail("--forward", receiver.url);
    const section = details.getByRole("region", { name: "Sent again" });
    await section.getByRole("button", { name: "Replay" }).click();
    const attempts = section.getByRole("list", { name: "Attempts" }).getByRole("listitem");
    await expect(attempts).toHaveText([/^200.*thank you/]);
    expect(receiver.bodies).toEqual([JSON.stringify(payload)]);
    await stop(tail);
    await expect(section.getByRole("button", { name: "Replay" })).toHaveCount(0);
    await expect(attempts).toHaveCount(1);
  });
});

for (const { name, colorScheme, width } of looks) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });

    test("what was sent again is clean", async ({ server, receiver, signedIn: page }) => {
      await server.sendPayload(payload);
      await server.tail("--forward", receiver.url);
      const row = page.getByRole("link").filter({ hasText: "job-1" });
      await row.first().click();
      const section = page.getByRole("region", { name: "Sent again" });
      for (const [count, target] of [/Address of the settings/, /Your terminal/].entries()) {
        await section.getByRole("button", { name: "Replay" }).click();
        await isClean(page);
        await page.getByRole("menuitem", { name: target }).click();
        const attempts = section.getByRole("list", { name: "Attempts" }).getByRole("listitem");
        await expect(attempts).toHaveCount(count + 1);
        await expect(attempts.first()).toHaveText(/^(200|500)/);
      }
      await section.scrollIntoViewIfNeeded();
      await isClean(page);
      const shots = process.env.CALLBACKD_SHOTS;
      if (shots) await page.screenshot({ path: `${shots}/replay-${colorScheme}-${width}.png` });
    });
  });
}

async function stop(tail: ChildProcess): Promise<void> {
  const ended = once(tail, "exit");
  tail.kill("SIGINT");
  await ended;
}
