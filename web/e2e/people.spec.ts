// People: added, promoted, demoted, removed; and what each role is shown.
import { addPerson, fillSignIn, password, signInAs } from "./support/people";
import { expect, isLive, test } from "./support/test";

test("a person is added with a password that was made up, and signs in with it", async ({
  browser,
  server,
  signedIn: page,
}) => {
  await page.goto(`${server.url}/settings/people`);
  await page.getByRole("button", { name: "Add person" }).click();
  const dialog = page.getByRole("dialog", { name: "Add person" });
  await expect(dialog.getByLabel("E-mail")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("An e-mail address, such as")).toBeVisible();
  await expect(dialog.getByLabel("E-mail")).toBeFocused();
  await dialog.getByLabel("E-mail").fill("Admin@localhost");
  await dialog.getByLabel("Password", { exact: true }).fill("too short");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("A password has at least 12 characters.")).toBeVisible();
  await dialog.getByRole("button", { name: "Make up a password" }).click();
  const made = await dialog.getByLabel("Password", { exact: true }).inputValue();
  await dialog.getByRole("button", { name: "Add person" }).click();
  await expect(dialog.getByText("somebody has this e-mail address already")).toBeVisible();
  await dialog.getByLabel("E-mail").fill("grace@example.org");
  await dialog.getByRole("button", { name: "Add person" }).click();
  const added = page.getByRole("dialog", { name: "grace@example.org can sign in now" });
  await expect(added).toContainText(made);
  await added.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: "Add person" })).toBeFocused();
  await expect(page.getByRole("listitem").filter({ hasText: "grace@example.org" })).toBeVisible();

  const context = await browser.newContext();
  const grace = await context.newPage();
  await grace.goto(server.url);
  await fillSignIn(grace, "grace@example.org", made);
  await isLive(grace);
  await context.close();
});

test("a member sees only what is theirs, and an admin at once what a promotion opens", async ({
  browser,
  server,
  signedIn: page,
}) => {
  await addPerson(page, "grace@example.org", "MEMBER");
  const grace = await signInAs(browser, server, "grace@example.org");
  await isLive(grace);
  await grace.goto(`${server.url}/settings/people`);
  await expect(grace.getByRole("heading", { name: "This page is for admins" })).toBeVisible();
  await grace.goto(`${server.url}/settings`);
  const sections = grace.getByRole("navigation", { name: "Settings" });
  await expect(sections.getByRole("link", { name: "API tokens" })).toBeVisible();
  await expect(sections.getByRole("link", { name: "People" })).toHaveCount(0);

  await page.goto(`${server.url}/settings/people`);
  await page.getByRole("combobox", { name: "Role of grace@example.org" }).selectOption("Admin");
  const question = page.getByRole("alertdialog", { name: "Make grace@example.org an admin?" });
  await question.getByRole("button", { name: "Make admin" }).click();
  await expect(question).toHaveCount(0);
  await expect(sections.getByRole("link", { name: "People" })).toBeVisible();
  await grace.context().close();
});

test("whoever is removed is out at once; nobody removes themselves or the last admin", async ({
  browser,
  server,
  signedIn: page,
}) => {
  await page.goto(`${server.url}/settings/people`);
  const lastAdmin = "This is the last admin: make somebody else an admin first.";
  const role = page.getByRole("combobox", { name: "Role of admin@localhost" });
  await expect(role).toBeDisabled();
  await expect(role).toHaveAccessibleDescription(lastAdmin);
  await page.getByRole("button", { name: "Remove admin@localhost" }).press("Enter");
  await expect(page.getByText(lastAdmin)).toBeVisible();
  await expect(page.getByRole("alertdialog")).toHaveCount(0);

  await addPerson(page, "grace@example.org", "ADMIN");
  await page.reload();
  await expect(role).toBeEnabled();
  await expect(
    page.getByRole("button", { name: "Remove admin@localhost" }),
  ).toHaveAccessibleDescription("You cannot remove yourself: another admin can.");

  const grace = await signInAs(browser, server, "grace@example.org");
  await isLive(grace);
  const remove = page.getByRole("button", { name: "Remove grace@example.org" });
  await remove.click();
  const question = page.getByRole("alertdialog", { name: "Remove grace@example.org?" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(remove).toBeFocused();
  await remove.click();
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await expect(grace.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await grace.context().close();
});

test("a password is reset by an admin and changed by its owner, whose other sessions end", async ({
  browser,
  server,
  signedIn: page,
}) => {
  await page.goto(`${server.url}/settings/account`);
  await expect(page.getByText("You sign in in another way and have none.")).toBeVisible();
  await addPerson(page, "grace@example.org", "MEMBER");
  const elsewhere = await signInAs(browser, server, "grace@example.org");
  await isLive(elsewhere);
  await page.goto(`${server.url}/settings/people`);
  await page.getByRole("button", { name: "Set a new password for grace@example.org" }).click();
  const dialog = page.getByRole("dialog", { name: "New password for grace@example.org" });
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("A password has at least 12 characters.")).toBeVisible();
  await dialog.getByLabel("New password").fill("a password for now");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("Password: a password for now");
  await expect(elsewhere.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await fillSignIn(elsewhere, "grace@example.org", "a password for now");
  await isLive(elsewhere);
  const context = await browser.newContext();
  const here = await context.newPage();
  await here.goto(`${server.url}/settings/account`);
  await fillSignIn(here, "grace@example.org", "a password for now");
  await expect(here.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  await here.getByLabel("Current password").fill("not this one");
  await here.getByLabel("New password").fill(password);
  await here.keyboard.press("Enter");
  await expect(here.getByText("This is not your password.")).toBeVisible();
  await here.getByLabel("Current password").fill("a password for now");
  await here.getByRole("button", { name: "Change password" }).click();
  await expect(here.getByText("Your password has changed")).toBeVisible();
  await expect(elsewhere.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await fillSignIn(elsewhere, "grace@example.org", password);
  await isLive(elsewhere);
  await isLive(here);
  for (const each of [context, elsewhere.context()]) await each.close();
});
