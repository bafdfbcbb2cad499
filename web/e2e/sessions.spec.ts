// Where one is signed in, and ending it there, one at a time or all at once.
import type { Page } from "@playwright/test";
import { addPerson, signInAs } from "./support/people";
import { expect, isLive, test } from "./support/test";

test("sessions are listed with this one marked, and end elsewhere at once", async ({
  browser,
  server,
  signedIn: admin,
}) => {
  await addPerson(admin, "grace@example.org", "ADMIN");
  const here = await signInAs(browser, server, "grace@example.org");
  await here.goto(`${server.url}/settings/sessions`);
  const others = here.getByRole("button", { name: "End all others" });
  await expect(here.getByRole("listitem")).toContainText([
    /Chrome on .*this browser.*127\.0\.0\.1/,
  ]);
  await expect(others).toHaveAccessibleDescription("You are signed in nowhere else.");

  const elsewhere: Page[] = [];
  for (let count = 0; count < 3; count += 1) {
    const page = await signInAs(browser, server, "grace@example.org");
    await isLive(page);
    elsewhere.push(page);
  }
  await here.reload();
  await expect(here.getByRole("listitem")).toHaveCount(4);
  await here
    .getByRole("button", { name: /^End session of/ })
    .first()
    .click();
  await here.getByRole("alertdialog").getByRole("button", { name: "End session" }).click();
  await expect(here.getByRole("listitem")).toHaveCount(3);
  const out = async () => {
    const headings = elsewhere.map((page) =>
      page.getByRole("heading", { name: "Sign in" }).count(),
    );
    return (await Promise.all(headings)).filter((count) => count === 1).length;
  };
  await expect.poll(out).toBe(1);

  await others.click();
  await here
    .getByRole("alertdialog", { name: "End your 2 other sessions?" })
    .getByRole("button", { name: "End them" })
    .click();
  await expect(here.getByText("2 sessions ended")).toBeVisible();
  await expect(here.getByRole("listitem").filter({ hasText: "Chrome on" })).toHaveCount(1);
  await expect.poll(out).toBe(3);
  await isLive(here);
  for (const page of [...elsewhere, here]) await page.context().close();
});
